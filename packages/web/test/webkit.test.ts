import axe from "axe-core";
import { expect, onTestFinished, test } from "vitest";
import { startSlowStage, startWebProcess } from "./stage.ts";
import { openWebKit, type WebKit, whyNoWebKit } from "./webkit.ts";

if (whyNoWebKit !== undefined) console.log(`skipped: ${whyNoWebKit}`);

async function violations(browser: WebKit): Promise<readonly string[]> {
  await browser.run(axe.source);
  const found = await browser.wait<readonly { id: string; html: string }[]>(
    `const done = arguments[arguments.length - 1];
     axe.run().then(({ violations }) => done(violations.map(({ id, nodes }) => ({ id, html: nodes[0]?.html }))));`,
  );
  return found.map(({ id, html }) => `${id}: ${html}`);
}

test.skipIf(whyNoWebKit !== undefined)(
  "each page does its main task in WebKit",
  { timeout: 240_000 },
  async () => {
    const { env, web } = await startSlowStage();
    const browser = await openWebKit();
    await browser.goto(`${web.url}#token=${web.token}`);
    await browser.find(".line.live");
    expect(await browser.run<string>("return location.href")).not.toContain(web.token);
    await browser.find(".found");
    expect(await violations(browser)).toEqual([]);
    // Search with the keyboard, open the first result.
    await browser.press("/");
    await browser.press("llama large");
    await browser.find('.found a.row[href*="Llama-Large"]');
    await browser.press("\uE015");
    await browser.press("\uE007");
    await browser.find(".memory .column");
    await browser.find(".card p");
    expect(await violations(browser)).toEqual([]);
    expect(await browser.run<string>("return document.title")).not.toContain("owned");
    // Download, pause, resume.
    await browser.goto(`${web.url}#/model?ref=mlx-community%2FLlama-Large-4bit`);
    await browser.click("header button.primary");
    await browser.goto(`${web.url}#/downloads`);
    await browser.find(".download .numbers b");
    expect(await violations(browser)).toEqual([]);
    await browser.click('[aria-label="Pause mlx-community/Llama-Large-4bit"]');
    await browser.find('[aria-label="Resume mlx-community/Llama-Large-4bit"]');
    // The page is left open while the server is killed and started again.
    await web.kill();
    await browser.find(".line.lost");
    const again = await startWebProcess(env);
    onTestFinished(() => again.kill());
    await browser.find(".line.live");
    await browser.click('[aria-label="Resume mlx-community/Llama-Large-4bit"]');
    await browser.find('[aria-label="Pause mlx-community/Llama-Large-4bit"]');
    for (const [name, ready] of [
      ["library", ".virtual"],
      ["compare?a=mlx-community%2FLlama-Large-4bit", "tbody td .badge"],
      ["updates", ".empty"],
      ["settings", "tbody tr"],
    ] as const) {
      await browser.goto(`${web.url}#/${name}`);
      await browser.find(ready);
      expect(await violations(browser), name).toEqual([]);
    }
  },
);
