import { AxeBuilder } from "@axe-core/playwright";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { chromiumPath } from "./chromium-path.ts";
import { openStage } from "./chromium.ts";
import { startWebProcess } from "./stage.ts";

async function expectNoViolation(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test.skipIf(chromiumPath === undefined)(
  "each page does its main task, without a mouse and without a violation",
  { timeout: 180_000 },
  async () => {
    const { env, web, browser } = await openStage();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("request", (request) => {
      if (!request.url().startsWith(web.url)) problems.push(`asked ${request.url()}`);
    });
    await page.goto(`${web.url}#token=${web.token}`);
    await page.waitForSelector(".line.live");
    expect(page.url()).not.toContain(web.token);
    await page.waitForSelector(".found");
    await expectNoViolation(page);
    // Search: `/`, words, down to the first result, Enter.
    await page.keyboard.press("/");
    await page.keyboard.type("llama large");
    await page.waitForSelector('.found a.row[href*="Llama-Large"]');
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".card p");
    await expectNoViolation(page);
    // A hostile card is text.
    expect(await page.title()).not.toContain("owned");
    expect(
      await page
        .locator(".card script, .card img, .card [onerror], .card a[href^=javascript]")
        .count(),
    ).toBe(0);
    await page.goto(`${web.url}#/model?ref=mlx-community%2FLlama-Large-4bit`);
    await page.click("header button.primary");
    // A second tab, opened by hand, knows the token from the first, and sees the same download.
    const second = await context.newPage();
    await second.goto(`${web.url}#/downloads`);
    await second.waitForSelector(".download .numbers b");
    await expectNoViolation(second);
    // The page is left open while the server is killed and started again.
    await web.kill();
    await second.waitForSelector(".line.lost");
    const again = await startWebProcess(env);
    onTestFinished(() => again.kill());
    await second.waitForSelector(".line.live");
    await second.click("text=Pause");
    await second.waitForSelector("text=Resume");
    await page.goto(`${web.url}#/downloads`);
    await page.waitForSelector("text=Resume");
    // Cancel asks; Escape keeps it, and the focus goes back.
    await second.focus('[aria-label^="Cancel"]');
    await second.keyboard.press("Enter");
    await second.waitForSelector("dialog[open]");
    await expectNoViolation(second);
    await second.keyboard.press("Escape");
    expect(await second.evaluate("document.activeElement?.getAttribute('aria-label')")).toContain(
      "Cancel",
    );
    for (const [name, ready] of [
      ["library", ".virtual, .empty"],
      ["updates", ".empty, .queue"],
      ["settings", "tbody tr"],
      ["compare?a=mlx-community%2FLlama-Large-4bit", "tbody td .badge"],
    ] as const) {
      await page.goto(`${web.url}#/${name}`);
      await page.waitForSelector(ready);
      await expectNoViolation(page);
    }
    expect(problems).toEqual([]);
  },
);

test.skipIf(chromiumPath === undefined)(
  "a model that moved on at the Hub is shown with its changes, updated, and taken back",
  { timeout: 120_000 },
  async () => {
    const { hub, web, browser } = await openStage();
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${web.url}#token=${web.token}`);
    await page.goto(`${web.url}#/model?ref=mlx-community%2Ftiny-llama-4bit`);
    await page.click("header button.primary");
    await page.waitForSelector("header .here");
    const files = tinyModelFiles();
    await hub.addRepo(
      "mlx-community/tiny-llama-4bit",
      {
        ...files,
        "config.json": `${String(files["config.json"]).trimEnd().slice(0, -1)}, "x": 7}`,
      },
      { title: "Change the config" },
    );
    await page.goto(`${web.url}#/updates`);
    await page.click("text=Ask the Hub about 1 model");
    await page.click("text=What changed");
    await page.waitForSelector("td.path:text('config.json')");
    await page.waitForSelector("td.path:text-is('7')");
    await expectNoViolation(page);
    await page.click('[aria-label^="Update, "]');
    await page.waitForSelector("text=up to date");
    await page.goto(`${web.url}#/model?ref=mlx-community%2Ftiny-llama-4bit`);
    await page.waitForSelector("tr:has-text('Change the config') >> text=in use");
    await expectNoViolation(page);
    const old = page.locator("tr:has(button:text('Use'))");
    await old.locator("text=Differences").click();
    await page.waitForSelector(".difference td.path:text-is('7')");
    await old.locator("button:text('Use')").click();
    await page.waitForSelector("tr:has-text('Change the config') >> button:text('Use')");
    await page.goto(`${web.url}#/updates`);
    await page.click("text=Ask the Hub about 1 model");
    await page.waitForSelector("text=you went back from it");
  },
);

test.skipIf(chromiumPath === undefined)(
  "a rebound name, a foreign page and a page without a token get nothing",
  { timeout: 120_000 },
  async () => {
    const { web, browser } = await openStage();
    const page = await (await browser.newContext()).newPage();
    const { port } = new URL(web.url);
    expect((await page.goto(`http://evil.example:${port}/`))?.status()).toBe(421);
    await page.goto("about:blank");
    const tried = await page.evaluate(
      async ([url, token]) => {
        const attempts: RequestInit[] = [
          {},
          { mode: "no-cors" },
          {
            method: "POST",
            body: "{}",
            mode: "no-cors",
            headers: { "Content-Type": "text/plain" },
          },
          { headers: { Authorization: `Bearer ${token}` } },
        ];
        return Promise.all(
          attempts.map((init) =>
            fetch(`${url}api/library`, init).then(
              (response) => response.status,
              () => "refused",
            ),
          ),
        );
      },
      [web.url, web.token] as const,
    );
    expect(tried.every((answer) => answer === "refused" || answer === 0)).toBe(true);
    await page.goto(web.url);
    await page.waitForSelector("text=Open this page from the terminal");
    await expectNoViolation(page);
  },
);
