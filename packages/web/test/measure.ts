// Measures the page in Chromium: what it weighs, how soon it stands, and how 5,000 rows scroll and filter.
//   pnpm bench:page
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { chromium, type Page } from "playwright-core";
import { readPageFiles } from "../src/page/page-files.ts";
import { chromiumPath } from "./chromium-path.ts";
import { shelve } from "./shelve.ts";
import { homeEnvironment, startWebProcess } from "./stage.ts";

const ROWS = 5000;
const ROUNDS = 5;

if (chromiumPath === undefined) throw new Error("no Chromium in /usr/bin");
const home = await mkdtemp(join(tmpdir(), "mlx-download-page-"));
const hub = await startTestHub();
const web = await startWebProcess(homeEnvironment(home, hub.url));
const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
const say = (name: string, values: readonly number[], unit: string): void => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  process.stdout.write(`${name}: min ${at(0)}, median ${at(0.5)}, max ${at(1)} ${unit}\n`);
};

try {
  const files = [...(await readPageFiles()).values()];
  const bytes = files.reduce((sum, { brotli }) => sum + brotli.byteLength, 0);
  process.stdout.write(`assets: ${bytes} bytes brotli in ${files.length} files\n`);
  for (let at = 0; at < ROWS; at += 1) {
    const repoId = `org-${at % 40}/model-${at}-4bit`;
    await shelve(join(home, "hf/hub"), {
      repoId,
      bytes: 1e6 * ((at * 7919) % 9000),
      days: at % 300,
    });
  }
  const page = await (
    await browser.newContext({ viewport: { width: 1280, height: 820 } })
  ).newPage();
  await page.goto(`${web.url}#token=${web.token}`);
  await page.waitForSelector(".line.live");
  const firstViews: number[] = [];
  const drawn: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.goto("about:blank");
    await page.goto(`${web.url}#/downloads`);
    await page.waitForSelector("h1");
    // The script is a module: DOMContentLoaded follows its last line, which draws the page.
    const [painted, scriptDone] = await page.evaluate<readonly number[]>(
      `[
        performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
        performance.getEntriesByType("navigation")[0].domContentLoadedEventStart,
      ]`,
    );
    firstViews.push(painted ?? NaN);
    drawn.push(scriptDone ?? NaN);
  }
  say("first view after the navigation", firstViews, "ms");
  say("the page itself stands", drawn, "ms");
  await page.goto(`${web.url}#/library`);
  await page.waitForSelector(".virtual tbody th");
  const frames = await scroll(page);
  const sorted = frames.toSorted((a, b) => a - b);
  const share = (part: number): string =>
    (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  process.stdout.write(
    `frames while ${ROWS} rows scroll: p50 ${share(0.5)}, p95 ${share(0.95)} ms of ${frames.length}\n`,
  );
  say("a keystroke in the filter until the rows stand", await filter(page), "ms");
} finally {
  await browser.close();
  await web.kill();
  await hub.close();
  await rm(home, { recursive: true, force: true });
}

/** Milliseconds between frames while the list scrolls 900 px a frame for 3 s. */
function scroll(page: Page): Promise<readonly number[]> {
  return page.evaluate(
    `new Promise((resolve) => {
      const box = document.querySelector(".virtual");
      const times = [];
      const end = performance.now() + 3000;
      let last = performance.now();
      const step = (now) => {
        times.push(now - last);
        last = now;
        box.scrollTop = (box.scrollTop + 900) % (box.scrollHeight - 1000);
        if (now < end) requestAnimationFrame(step);
        else resolve(times.slice(1));
      };
      requestAnimationFrame(step);
    })`,
  );
}

/** Milliseconds from the input of a letter to the second frame after it, when its rows are painted. */
function filter(page: Page): Promise<readonly number[]> {
  return page.evaluate(
    `(async () => {
      const input = document.querySelector("#filter");
      const times = [];
      for (const text of ["m", "mo", "mod", "model", "model-4", "model-49", "model-499", "model-4999"]) {
        const start = performance.now();
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        times.push(performance.now() - start);
      }
      return times;
    })()`,
  );
}
