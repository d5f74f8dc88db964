// Draws the pictures of the page in the README and the docs: the real server and the real page, beside a Hub whose models
// have real names and shapes and weights that are holes.
//   node --conditions=@mlx-download/source packages/web/test/pictures.ts [folder] [--all]
// `--all` adds each page in light, dark and at 400 px, empty and after an error, for a look before a change lands.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub, writeHollowModel } from "@mlx-download/hub-server/testing";
import { chromium, type Page } from "playwright-core";
import { chromiumPath } from "./chromium-path.ts";
import { shelve } from "./shelve.ts";
import { homeEnvironment, startWebProcess } from "./stage.ts";

const card = `---
license: apache-2.0
library_name: mlx
pipeline_tag: text-generation
base_model: Qwen/Qwen3-8B
---
# mlx-community/Qwen3-8B-4bit

This model was converted to MLX format from [Qwen/Qwen3-8B](https://huggingface.co/Qwen/Qwen3-8B) with **mlx-lm**.

\`\`\`python
from mlx_lm import load, generate

model, tokenizer = load("mlx-community/Qwen3-8B-4bit")
print(generate(model, tokenizer, prompt="hello"))
\`\`\`
`;

const qwen = { modelType: "qwen3", hidden: 4096, layers: 36, intermediate: 12_288, heads: 32 };
const llama = { hidden: 4096, layers: 32, intermediate: 14_336, heads: 32 };
/** Names of real models, with the shapes that their configs have. */
const served = [
  ["mlx-community/Qwen3-8B-4bit", { ...qwen, bits: 4, contextLength: 40_960, card }],
  ["mlx-community/Qwen3-8B-8bit", { ...qwen, bits: 8, contextLength: 40_960, card }],
  ["mlx-community/Llama-3.3-70B-Instruct-4bit", { bits: 4 }],
  ["mlx-community/Meta-Llama-3.1-8B-Instruct-4bit", { ...llama, bits: 4 }],
] as const;
/** What lies in the cache: sizes of real models, in bytes, and days since the last use. */
const shelved = [
  ["mlx-community/Llama-3.2-3B-Instruct-4bit", 1_807_000_000, 2],
  ["mlx-community/Qwen3-30B-A3B-4bit", 17_190_000_000, 1],
  ["mlx-community/gemma-3-12b-it-4bit", 8_070_000_000, 34],
  ["mlx-community/whisper-large-v3-turbo", 1_614_000_000, 12],
  ["mlx-community/Qwen2.5-Coder-7B-Instruct-4bit", 4_280_000_000, 96],
  ["mlx-community/DeepSeek-R1-Distill-Qwen-14B-4bit", 8_310_000_000, 203],
] as const;

const folder = process.argv.slice(2).find((word) => !word.startsWith("-"));
const all = process.argv.includes("--all");
const pictures = folder ?? fileURLToPath(new URL("../../../docs/pictures/page", import.meta.url));
await mkdir(pictures, { recursive: true });
const home = await mkdtemp(join(tmpdir(), "mlx-download-pictures-"));
const hub = await startTestHub();
for (const [repoId, options] of served) {
  const model = await writeHollowModel(join(home, "models", repoId), options);
  await hub.addRepo(repoId, model.files, { declared: model.declared });
}
hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 6_000_000 });
const env = homeEnvironment(home, hub.url);
if (chromiumPath === undefined) throw new Error("no Chromium in /usr/bin");
const web = await startWebProcess(env);
const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
const looks = [
  ["light", { colorScheme: "light", viewport: { width: 1280, height: 820 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1280, height: 820 } }],
  ["narrow", { colorScheme: "light", viewport: { width: 400, height: 800 } }],
] as const;

/** A page: its name, its address, and what stands there when it is whole. */
type Shot = readonly [name: string, address: string, ready: string];

/** The pages that the docs show. */
const shown: ReadonlySet<string> = new Set(["model", "downloads", "library"]);

const pages: readonly Shot[] = [
  ["search", "search?q=qwen3", ".found"],
  ["model", "model?ref=mlx-community%2FQwen3-8B-4bit", ".memory .column"],
  ["downloads", "downloads", "h1"],
  ["library", "library", ".virtual, .empty, .problem"],
  [
    "compare",
    "compare?a=mlx-community%2FQwen3-8B-4bit&b=mlx-community%2FMeta-Llama-3.1-8B-Instruct-4bit&c=mlx-community%2FLlama-3.3-70B-Instruct-4bit",
    "tbody td .badge",
  ],
  ["updates", "updates", "h1"],
  ["neighbours", "neighbours", ".panel"],
  ["settings", "settings", "tbody tr"],
];

async function openPage(look: (typeof looks)[number][1]): Promise<Page> {
  const page = await (await browser.newContext({ ...look, reducedMotion: "reduce" })).newPage();
  await page.goto(`${web.url}#token=${web.token}`);
  await page.waitForSelector(".line.live");
  await page.evaluate(
    "sessionStorage.setItem('memory', '32G'); sessionStorage.setItem('chip', 'M4')",
  );
  await page.reload();
  await page.waitForSelector(".line.live");
  return page;
}

async function shoot(
  page: Page,
  name: string,
  [, address, ready]: (typeof pages)[number],
): Promise<void> {
  await page.goto(`${web.url}#/${address}`);
  await page.waitForSelector(ready);
  await page.locator(".loading").first().waitFor({ state: "detached" });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: name.includes("narrow") });
}

try {
  if (all) {
    const page = await openPage(looks[0][1]);
    for (const entry of pages.filter(([name]) =>
      ["downloads", "library", "updates"].includes(name),
    )) {
      await shoot(page, `${entry[0]}-empty`, entry);
    }
    await shoot(page, "model-error", ["model", "model?ref=org%2Fmissing", ".problem"]);
    await shoot(page, "search-none", ["search", "search?q=zzzzqqqq", ".empty"]);
  }
  for (const [repoId, bytes, days] of shelved)
    await shelve(join(home, "hf/hub"), { repoId, bytes, days });
  const start = await openPage(looks[0][1]);
  await post("downloads/limits", { atOnce: 1 });
  for (const ref of [
    "mlx-community/Qwen3-8B-4bit",
    "mlx-community/Meta-Llama-3.1-8B-Instruct-4bit",
  ]) {
    await post("downloads", { ref });
  }
  await start.goto(`${web.url}#/downloads`);
  await start.waitForSelector(".download .numbers b");
  // The chart of the speed needs some samples.
  await start.waitForTimeout(12_000);
  for (const [name, look] of all ? looks : looks.slice(0, 2)) {
    const page = await openPage(look);
    for (const entry of pages.filter(([of]) => all || shown.has(of)))
      await shoot(page, `${entry[0]}-${name}`, entry);
  }
} finally {
  await browser.close();
  await web.kill();
  await hub.close();
  await rm(home, { recursive: true, force: true });
}

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(`${web.url}api/${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${web.token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}
