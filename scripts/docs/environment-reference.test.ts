import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("every Hub variable that a package reads is in the reference of environment variables", async () => {
  const page = await readFile(join(root, "docs/reference/environment.md"), "utf8");
  const documented = new Set(page.match(/(?<=`)[A-Z][A-Z_]+(?=`)/gu));
  const undocumented: string[] = [];
  for await (const path of glob("packages/{cache,core,cli}/src/**/*.ts", { cwd: root })) {
    if (path.endsWith(".test.ts")) continue;
    const source = await readFile(join(root, path), "utf8");
    const names = source.match(
      /(?<=")(?:HF|HUGGING_?FACE|TRANSFORMERS|MLX_DOWNLOAD)_[A-Z_]+(?=")/gu,
    );
    undocumented.push(...(names ?? []).filter((name) => !documented.has(name)));
  }
  expect(undocumented).toEqual([]);
  expect(documented).toContain("HF_HUB_CACHE");
});
