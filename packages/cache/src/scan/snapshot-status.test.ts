import { mkdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { COMMIT, FILES, golden, publishGolden } from "../../test/golden-model.ts";
import { inspectFiles } from "./inspect-files.ts";
import { blobPath, repoLayout, snapshotPath, treePath } from "../names/layout.ts";
import { isUnread } from "../names/unread.ts";
import { scanCache } from "./scan-cache.ts";
import { snapshotStatus } from "./snapshot-status.ts";

const MODEL = "model.safetensors";
const hexOf = (path: string): string => golden(path).file.digest.hex;

const isModel = ({ size }: { size: number }): boolean => size === 23 || size === 100;
const isFirstShard = ({ path }: { path: string }): boolean => path === "1.safetensors";

test("each file is present, only a blob, or absent", async () => {
  const layout = await publishGolden(await tempDir());
  await rm(snapshotPath(layout, COMMIT, "README.md"));
  await rm(blobPath(layout, hexOf("config.json")));
  await truncate(blobPath(layout, hexOf(MODEL)), 99);
  expect(Object.fromEntries(await inspectFiles(layout, COMMIT, FILES))).toEqual({
    ".gitattributes": "present",
    "README.md": "blob",
    "config.json": "absent",
    "sub/dir/notes.txt": "present",
    "empty.txt": "present",
    [MODEL]: "absent",
  });
});

test("a real file in the snapshot counts, a folder does not", async () => {
  const layout = await publishGolden(await tempDir(), { symlinks: false });
  await rm(snapshotPath(layout, COMMIT, "empty.txt"));
  await mkdir(snapshotPath(layout, COMMIT, "empty.txt"));
  const states = await inspectFiles(layout, COMMIT, FILES);
  expect(states.get(MODEL)).toBe("present");
  expect(states.get("empty.txt")).toBe("absent");
});

test("a blob that leads into the shared store is followed", async () => {
  const cacheDir = await tempDir();
  const layout = await publishGolden(cacheDir);
  await writeFile(join(cacheDir, "payload"), golden(MODEL).content);
  await rm(blobPath(layout, hexOf(MODEL)));
  await symlink("../../payload", blobPath(layout, hexOf(MODEL)));
  expect((await snapshotStatus(layout, COMMIT)).status).toBe("complete");
  await rm(join(cacheDir, "payload"));
  expect((await snapshotStatus(layout, COMMIT)).missing).toEqual([MODEL]);
});

test("with a listing a snapshot is complete exactly when every selected file is there", async () => {
  const layout = await publishGolden(await tempDir(), { paths: ["config.json", MODEL] });
  const status = await snapshotStatus(layout, COMMIT);
  expect(status.status).toBe("incomplete");
  expect(status.missing).toEqual([".gitattributes", "README.md", "empty.txt", "sub/dir/notes.txt"]);
  expect(status.files).toHaveLength(FILES.length);
  expect(await snapshotStatus(layout, COMMIT, { select: isModel })).toMatchObject({
    status: "complete",
    missing: [],
  });
});

test("without a listing nothing is called complete", async () => {
  const layout = await publishGolden(await tempDir());
  await rm(treePath(layout, COMMIT));
  const unknown = { status: "unknown", missing: [], files: undefined };
  expect(await snapshotStatus(layout, COMMIT)).toEqual(unknown);
  await rm(blobPath(layout, hexOf(MODEL)));
  expect((await snapshotStatus(layout, COMMIT)).missing).toEqual([MODEL]);
});

test("without a listing the shards that the index names must be there", async () => {
  const layout = await publishGolden(await tempDir(), { paths: ["config.json"] });
  await rm(treePath(layout, COMMIT));
  const map = { a: "1.safetensors", b: "2.safetensors", c: "1.safetensors", d: "../../evil", e: 7 };
  const index = snapshotPath(layout, COMMIT, `${MODEL}.index.json`);
  await writeFile(index, JSON.stringify({ weight_map: { a: map.a, b: map.b, c: map.c } }));
  await writeFile(snapshotPath(layout, COMMIT, "1.safetensors"), "1");
  expect(await snapshotStatus(layout, COMMIT)).toMatchObject({
    status: "incomplete",
    missing: ["2.safetensors"],
  });
  expect((await snapshotStatus(layout, COMMIT, { select: isFirstShard })).status).toBe("unknown");
  await writeFile(index, JSON.stringify({ weight_map: map }));
  expect((await snapshotStatus(layout, COMMIT)).missing).toEqual(["2.safetensors"]);
});

test("a commit that is not here is incomplete", async () => {
  const layout = repoLayout(await tempDir(), "acme/tiny");
  expect((await snapshotStatus(layout, COMMIT)).status).toBe("incomplete");
});

test("a listing from elsewhere, the Hub's say, decides where none is recorded", async () => {
  const layout = await publishGolden(await tempDir());
  await rm(treePath(layout, COMMIT));
  expect((await snapshotStatus(layout, COMMIT, { listing: FILES })).status).toBe("complete");
  await rm(snapshotPath(layout, COMMIT, MODEL));
  expect(await snapshotStatus(layout, COMMIT, { listing: FILES })).toMatchObject({
    status: "incomplete",
    missing: [MODEL],
  });
});

test("a model without its card is complete, a dataset without an image is not", async () => {
  const layout = await publishGolden(await tempDir());
  await rm(snapshotPath(layout, COMMIT, "README.md"));
  await rm(snapshotPath(layout, COMMIT, ".gitattributes"));
  expect(await snapshotStatus(layout, COMMIT)).toMatchObject({
    status: "complete",
    missing: [".gitattributes", "README.md"],
  });
  const { repos } = await scanCache(layout.cacheDir);
  expect(repos[0]?.revisions[0]).toMatchObject({ complete: true, files: FILES.length - 2 });
  const select = ({ path }: { path: string }): boolean => path === "README.md";
  expect((await snapshotStatus(layout, COMMIT, { select })).status).toBe("incomplete");
  await rm(snapshotPath(layout, COMMIT, "config.json"));
  expect((await snapshotStatus(layout, COMMIT)).status).toBe("incomplete");
  expect(isUnread("a/LICENSE.txt", "model")).toBe(true);
  for (const path of ["README/model.safetensors", "config.json", "my.gitignore", "a.md.json"])
    expect(isUnread(path, "model")).toBe(false);
  expect(isUnread("train/1.png", "dataset")).toBe(false);
});
