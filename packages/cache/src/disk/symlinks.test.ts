import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { supportsSymlinks } from "./symlinks.ts";

test("links are tried out once and leave no trace in the cache", async () => {
  const cacheDir = join(await tempDir(), "hub");
  const answers = await Promise.all([
    supportsSymlinks(cacheDir, {}),
    supportsSymlinks(cacheDir, {}),
  ]);
  expect(answers).toEqual([true, true]);
  expect(await readdir(cacheDir)).toEqual([".locks"]);
  expect(await readdir(join(cacheDir, ".locks"))).toEqual([]);
});

test.each(["1", "ON", "yes", "True"])(
  "HF_HUB_DISABLE_SYMLINKS=%s switches links off",
  async (value) => {
    const cacheDir = join(await tempDir(), "hub");
    expect(await supportsSymlinks(cacheDir, { HF_HUB_DISABLE_SYMLINKS: value })).toBe(false);
    expect(await supportsSymlinks(cacheDir, { HF_HUB_DISABLE_SYMLINKS: "0" })).toBe(true);
  },
);

test("a cache that cannot be there is an error, and is tried again next time", async () => {
  const file = join(await tempDir(), "file");
  await writeFile(file, "");
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(await codeOf(() => supportsSymlinks(join(file, "hub"), {}))).toBe("cache/damaged");
  }
});
