import { lstat, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { makeFolders } from "./make-folders.ts";

test("folders are made down to the last, by several at once, and found again", async () => {
  const path = join(await tempDir(), "a", "b", "c");
  await Promise.all(Array.from({ length: 8 }, () => makeFolders(path)));
  await makeFolders(path);
  expect((await lstat(path)).isDirectory()).toBe(true);
});

test("a link to a folder is a folder, a file is in the way", async () => {
  const root = await tempDir();
  await mkdir(join(root, "real"));
  await symlink("real", join(root, "link"));
  await makeFolders(join(root, "link", "below"));
  expect((await lstat(join(root, "real", "below"))).isDirectory()).toBe(true);
  await writeFile(join(root, "file"), "");
  await expect(makeFolders(join(root, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolders(join(root, "file", "x"))).rejects.toMatchObject({ code: "ENOTDIR" });
  await symlink("nowhere", join(root, "dangling"));
  await expect(makeFolders(join(root, "dangling"))).rejects.toMatchObject({ code: "EEXIST" });
});
