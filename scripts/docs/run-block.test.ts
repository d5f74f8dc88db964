import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub, tinyModelFiles, type TestHub } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fencedBlocks, type FencedBlock } from "./fenced-blocks.ts";
import { readerProject, runBlock, type ReaderProject } from "./run-block.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub();
  await hub.addRepo("mlx-community/tiny-llama-4bit", tinyModelFiles());
});

afterAll(() => hub.close());

const project = async (): Promise<ReaderProject> =>
  readerProject(await tempDir(), { root, endpoint: hub.url });

const pages: { page: string; blocks: readonly FencedBlock[] }[] = [];
const everywhere = ["README.md", "CONTRIBUTING.md", "docs/**/*.md", "packages/*/README.md"];
for await (const page of glob(everywhere, { cwd: root })) {
  const all = fencedBlocks(await readFile(join(root, page), "utf8"));
  const blocks = all.filter(({ words }) => words.includes("run"));
  if (blocks.length > 0) pages.push({ page, blocks });
}

test.each(pages)("the examples of $page do what they say, in order", async ({ page, blocks }) => {
  const reader = await project();
  for (const block of blocks) {
    const result = await runBlock(block, reader);
    expect(result, `${page}:${block.line}\n${result.stderr}`).toMatchObject({ code: 0 });
  }
});

test("an example that fails is noticed, whether it is a command or a program", async () => {
  const reader = await project();
  const sh = { language: "sh", words: ["run"], line: 1, code: "mlx-download no/such\necho on\n" };
  expect(await runBlock(sh, reader)).toMatchObject({ code: 4, stdout: "" });
  const code = `import { download } from "@mlx-download/core";\nawait download("no/such");\n`;
  const ts = { language: "ts", words: ["run"], line: 2, code };
  expect(await runBlock(ts, reader)).toMatchObject({ code: 1 });
});
