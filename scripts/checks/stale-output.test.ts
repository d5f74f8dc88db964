import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { tempDir, writeTree } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { removeStaleOutput } from "./stale-output.ts";

test("output whose source is gone is deleted before it can be published, and nothing else", async () => {
  const dir = await tempDir();
  const outputs = (name: string): Record<string, string> =>
    Object.fromEntries(
      ["js", "js.map", "d.ts", "d.ts.map"].map((ending) => [`dist/${name}.${ending}`, ""]),
    );
  await writeTree(dir, {
    "src/index.ts": "",
    "src/deep/kept.ts": "",
    "dist/.tsbuildinfo": "",
    ...outputs("index"),
    ...outputs("deep/kept"),
    ...outputs("deep/gone"),
  });
  await removeStaleOutput(dir);
  const left = await readdir(join(dir, "dist"), { recursive: true });
  expect(left.filter((path) => path.includes("gone"))).toEqual([]);
  expect(left.filter((path) => path.includes("index") || path.includes("kept"))).toHaveLength(8);
  expect(left).toContain(".tsbuildinfo");
});
