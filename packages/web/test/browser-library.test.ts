import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "vitest";
import { chromiumPath } from "./chromium-path.ts";
import { openStage } from "./chromium.ts";

const tiny = "mlx-community/tiny-llama-4bit";
const pages = [
  ["search", ".found"],
  ["model?ref=mlx-community%2FLlama-Large-4bit", ".memory .column"],
  ["downloads", ".download"],
  ["library", ".virtual"],
  [
    "compare?a=mlx-community%2FLlama-Large-4bit&b=mlx-community%2FLlama-Huge-6bit",
    "tbody td .badge",
  ],
  ["updates", ".queue"],
  ["neighbours", ".panel"],
  ["settings", "tbody tr"],
] as const;

test.skipIf(chromiumPath === undefined)(
  "a model is verified, pinned, removed, taken back and evicted with the keyboard alone",
  { timeout: 120_000 },
  async () => {
    const { web, browser } = await openStage();
    const page = await (await browser.newContext()).newPage();
    const press = async (label: string): Promise<void> => {
      await page.focus(`[aria-label="${label}"]`);
      await page.keyboard.press("Enter");
    };
    await page.goto(`${web.url}#token=${web.token}`);
    await page.goto(`${web.url}#/model?ref=${encodeURIComponent(tiny)}`);
    await page.click("header button.primary");
    await page.waitForSelector("header .here");
    await page.goto(`${web.url}#/library`);
    await press(`Verify ${tiny}`);
    await page.waitForSelector("text=/files? verified|verified/");
    await press(`Pin ${tiny}`);
    await page.waitForSelector(".badge:text('pinned')");
    // A pinned model stays, and the page says why.
    await page.fill("input[type=number]", "0");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open] >> text=/stays/");
    await page.keyboard.press("Escape");
    await press(`Pin ${tiny}`);
    await page.waitForSelector(".badge:text('pinned')", { state: "detached" });
    await press(`Remove ${tiny}`);
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog[open]", { state: "detached" });
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      `Remove ${tiny}`,
    );
    await page.keyboard.press("Enter");
    await page.focus("dialog[open] .danger");
    await page.keyboard.press("Enter");
    await page.focus(".notice button");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".virtual tr:not(.going) >> text=tiny-llama-4bit");
    await page.fill("input[type=number]", "0");
    await page.keyboard.press("Enter");
    await page.focus("dialog[open] .danger");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=No model is here yet", { timeout: 60_000 });
  },
);

test.skipIf(chromiumPath === undefined)(
  "no page is wider than a window of 320 px, at 200 % or with forced colours, and none breaks a rule in the dark",
  { timeout: 180_000, retry: 1 },
  async () => {
    const { web, browser } = await openStage();
    const looks = [
      { viewport: { width: 320, height: 640 }, colorScheme: "dark" },
      { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2, forcedColors: "active" },
      { viewport: { width: 1280, height: 800 }, colorScheme: "dark", reducedMotion: "reduce" },
    ] as const;
    for (const look of looks) {
      const page = await (await browser.newContext(look)).newPage();
      await page.goto(`${web.url}#token=${web.token}`);
      await page.waitForSelector(".line.live");
      if (look === looks[0]) {
        for (const name of ["Llama-Large-4bit", "tiny-llama-4bit"]) {
          await page.goto(`${web.url}#/model?ref=mlx-community%2F${name}`);
          await page.click("header button.primary");
          await page.waitForSelector("header a.button[aria-label*=downloads], header .here");
        }
        await page.waitForSelector("header .here");
      }
      for (const [address, ready] of pages) {
        await page.goto(`${web.url}#/${address}`);
        await page.waitForSelector(ready).catch(async (error: unknown) => {
          throw new Error(`${address}: ${await page.innerText("main")}`, { cause: error });
        });
        const width = await page.evaluate("document.scrollingElement.scrollWidth - innerWidth");
        expect(width, `${address} at ${look.viewport.width}`).toBeLessThanOrEqual(0);
        if (look === looks[1]) continue;
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${address} ${id}: ${nodes[0]?.html}`)).toEqual(
          [],
        );
      }
    }
  },
);

test.skipIf(chromiumPath === undefined)(
  "Tab reaches every link, button and field of a page in the order of the page, and nothing twice",
  { timeout: 120_000 },
  async () => {
    const { web, browser } = await openStage();
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${web.url}#token=${web.token}`);
    for (const [address, ready] of [pages[0], pages[1], pages[7]]) {
      await page.goto(`${web.url}#/${address}`);
      // The next Tab begins at the top.
      await page.reload();
      await page.waitForSelector(ready);
      await page.waitForSelector(".loading", { state: "detached" });
      await page.evaluate(`{
        const isSeen = (one) => one.checkVisibility({ visibilityProperty: true });
        window.wanted = [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
          .filter((one) => !one.disabled && one.tabIndex >= 0 && isSeen(one));
      }`);
      const count = await page.evaluate<number>("window.wanted.length");
      const walked: number[] = [];
      for (let at = 0; at < count; at += 1) {
        await page.keyboard.press("Tab");
        walked.push(await page.evaluate("window.wanted.indexOf(document.activeElement)"));
      }
      expect(walked, address).toEqual(Array.from({ length: count }, (_, at) => at));
    }
  },
);
