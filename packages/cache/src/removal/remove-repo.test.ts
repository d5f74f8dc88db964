import { access, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { FILES, golden, publishGolden, stage } from "../../test/golden-model.ts";
import { blobPath, lockPath, repoLayout } from "../names/layout.ts";
import { tryLock } from "../lock/lock.ts";
import { removeRepo } from "./remove-repo.ts";

const MODEL = golden("model.safetensors").file;
const total = FILES.reduce((sum, { size }) => sum + size, 0);

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

test("a repo goes with its locks, and its neighbours stay", async () => {
  const cacheDir = await tempDir();
  const layout = await publishGolden(cacheDir);
  const neighbour = await publishGolden(cacheDir, { repoId: "acme/tiny2" });
  const lock = await tryLock(lockPath(layout, MODEL.digest.hex));
  await lock?.release();
  await rm(layout.treesDir, { recursive: true });
  expect(await removeRepo(cacheDir, "acme/tiny")).toEqual({ freedBytes: total + 40 });
  expect((await readdir(cacheDir)).toSorted()).toEqual([
    ".locks",
    "CACHEDIR.TAG",
    "models--acme--tiny2",
  ]);
  expect(await readdir(join(cacheDir, ".locks"))).toEqual(["models--acme--tiny2"]);
  expect(await readdir(neighbour.blobsDir)).toHaveLength(FILES.length);
});

test("payloads of the shared store stay: only the repo's link is removed", async () => {
  const layout = await publishGolden(await tempDir());
  const payload = join(layout.cacheDir, "blobs", "d5", MODEL.xetHash ?? "");
  await mkdir(join(payload, ".."), { recursive: true });
  await rename(blobPath(layout, MODEL.digest.hex), payload);
  await symlink(`../../blobs/d5/${MODEL.xetHash}`, blobPath(layout, MODEL.digest.hex));
  await rm(layout.treesDir, { recursive: true });
  const { freedBytes } = await removeRepo(layout.cacheDir, "acme/tiny");
  expect(freedBytes).toBe(total + 40 - MODEL.size);
  expect(await readFile(payload)).toEqual(golden("model.safetensors").content);
});

test("links planted in the repo are removed, not their targets", async () => {
  const layout = await publishGolden(await tempDir());
  const outside = await tempDir();
  await writeFile(join(outside, "precious"), "precious");
  for (const place of [layout.refsDir, layout.snapshotsDir, layout.locksDir]) {
    await rm(place, { recursive: true });
    await symlink(outside, place);
  }
  await symlink(outside, join(layout.blobsDir, "folder"));
  await removeRepo(layout.cacheDir, "acme/tiny");
  expect(await readFile(join(outside, "precious"), "utf8")).toBe("precious");
  expect(await exists(layout.repoDir)).toBe(false);
  expect(await exists(layout.locksDir)).toBe(false);
});

test("of a repo folder that is a link only the link goes", async () => {
  const layout = await publishGolden(await tempDir());
  const disk = join(await tempDir(), "moved");
  await rename(layout.repoDir, disk);
  await symlink(disk, layout.repoDir);
  expect(await removeRepo(layout.cacheDir, "acme/tiny")).toEqual({ freedBytes: 0 });
  expect(await readdir(join(disk, "blobs"))).toHaveLength(FILES.length);
  expect(await exists(layout.repoDir)).toBe(false);
});

test("a repo that is being downloaded is not pulled from under it", async () => {
  const layout = await publishGolden(await tempDir());
  await stage(layout, MODEL.path);
  const lock = await tryLock(lockPath(layout, MODEL.digest.hex));
  expect(await codeOf(() => removeRepo(layout.cacheDir, "acme/tiny"))).toBe("cache/locked");
  expect(await readdir(layout.blobsDir)).toHaveLength(FILES.length);
  await lock?.release();
  await removeRepo(layout.cacheDir, "acme/tiny");
  expect(await exists(layout.repoDir)).toBe(false);
});

test("a name that is not in the cache, or not a repo, is not removed", async () => {
  const cacheDir = await tempDir();
  await writeFile(join(cacheDir, "models--acme--file"), "");
  expect(await codeOf(() => removeRepo(cacheDir, "acme/none"))).toBe("cache/not-found");
  expect(await codeOf(() => removeRepo(cacheDir, "acme/file"))).toBe("cache/damaged");
  for (const repoId of ["..", "../..", "a/../../b", ""]) {
    expect(await codeOf(() => removeRepo(cacheDir, repoId))).toBe("cache/invalid-repo-id");
  }
  expect(await exists(repoLayout(cacheDir, "acme/file").repoDir)).toBe(true);
});
