import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, tempDir } from "@mlx-download/test-utils";
import { beforeAll, expect, test } from "vitest";
import { checkBlockTypes, type PageBlock } from "./check-block-types.ts";
import { fencedBlocks } from "./fenced-blocks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const planted = (line: number, code: string): PageBlock => ({
  page: "planted.md",
  block: { language: "ts", words: [], line, code },
});

/** What the compiler must refuse, so that it is known to have looked. */
const faults = [
  planted(
    1,
    `import { ensureModel } from "@mlx-download/engine-adapter";\nawait ensureModel(7);\n`,
  ),
  planted(
    2,
    `import { createMLXEngine, getEngine } from "@defai.digital/mlx-serving";
import { installAutoDownload } from "@mlx-download/engine-adapter";
const engine = await createMLXEngine("org/name");
await engine.loadModel("org/name");
installAutoDownload(engine);
installAutoDownload(getEngine());
`,
  ),
  planted(
    3,
    `import { createEngine } from "@defai.digital/mlx-serving";
const engine = await createEngine();
engine.on("model:download:progress", () => {});
for await (const chunk of engine.createGenerator({ model: "m", prompt: "p" })) chunk.text;
`,
  ),
];

beforeAll(async () => {
  if (process.env["MLX_DOWNLOAD_BUILT"] === "1") return;
  const built = await run(join(root, "node_modules/.bin/turbo"), ["run", "build"], { cwd: root });
  if (built.code !== 0) throw new Error(built.stdout + built.stderr);
}, 300_000);

test("every TypeScript block of guides and READMEs compiles under --strict, and one that does not is named", async () => {
  const found: PageBlock[] = [];
  for await (const page of glob(["*.md", "docs/**/*.md", "packages/*/*.md"], { cwd: root })) {
    // The pages of the public surface hold declarations, no programs.
    if (page.includes("reference/api")) continue;
    for (const block of fencedBlocks(await readFile(join(root, page), "utf8")))
      if (/^(?:ts|tsx|typescript|mts)$/u.test(block.language)) found.push({ page, block });
  }
  expect(found.length).toBeGreaterThan(35);
  const servingDist = process.env["MLX_SERVING_DIST"];
  const complaints = await checkBlockTypes([...found, ...faults], {
    dir: await tempDir(),
    root,
    servingDist,
  });
  expect(complaints.filter((text) => !text.startsWith("planted.md:"))).toEqual([]);
  const places = complaints.flatMap((text) => /^planted\.md:\d\(\d/u.exec(text)?.[0] ?? []);
  expect(places).toEqual([
    "planted.md:1(2",
    "planted.md:2(4",
    "planted.md:2(5",
    "planted.md:2(6",
    "planted.md:3(3",
    "planted.md:3(4",
  ]);
});
