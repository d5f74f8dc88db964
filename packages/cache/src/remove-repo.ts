import { lstat, readdir, rm, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { CacheError } from "./errors.ts";
import { errnoOf, fsError } from "./fs-error.ts";
import { inBatches } from "./in-batches.ts";
import { repoLayout, type RepoLayout } from "./layout.ts";
import { listFolder } from "./list-folder.ts";
import { locked, tryLock } from "./lock.ts";
import { pinned, repoPins } from "./pin.ts";
import type { RepoType } from "./repo-id.ts";

/**
 * Removes a repo's folder and its locks; `freedBytes` counts the files that lay in it. No link is followed: blobs of the
 * shared store stay (their owner sweeps them with `hf cache prune`), and of a repo folder that is itself a link only
 * that link goes. Refs and snapshots go first, so that a crash in between leaves nothing that looks whole. Throws
 * `cache/not-found`, `cache/pinned`, `cache/locked` while a download into it runs, `cache/not-writable`.
 */
export async function removeRepo(
  cacheDir: string,
  repoId: string,
  repoType: RepoType = "model",
): Promise<{ freedBytes: number }> {
  const layout = repoLayout(cacheDir, repoId, repoType);
  const { repoDir, locksDir } = layout;
  try {
    const stats = await lstat(repoDir).catch((error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
      throw new CacheError(`${repoId} is not in the cache ${layout.cacheDir}`, "cache/not-found", {
        hint: "List the cache to see what it holds.",
        data: { repoId, path: repoDir },
      });
    });
    let freedBytes = 0;
    if (stats.isDirectory()) {
      const pins = await repoPins(layout);
      if (pins.length > 0) throw pinned(layout, pins);
      await refuseWhileDownloading(layout);
      freedBytes = await measure(repoDir);
      for (const path of [layout.refsDir, layout.snapshotsDir, repoDir]) {
        await rm(path, { recursive: true, force: true });
      }
    } else if (stats.isSymbolicLink()) {
      await unlink(repoDir);
    } else {
      throw new CacheError(`${repoDir} is a file, not a repo's folder`, "cache/damaged", {
        hint: "Nothing was removed; look at the file and remove it by hand.",
        data: { repoId, path: repoDir },
      });
    }
    if (await isFolder(join(locksDir, ".."))) await rm(locksDir, { recursive: true, force: true });
    return { freedBytes };
  } catch (error) {
    throw fsError(error, repoDir);
  }
}

async function refuseWhileDownloading(layout: RepoLayout): Promise<void> {
  const partial = await listFolder(layout.partialDir);
  const blobs = await listFolder(layout.blobsDir);
  const unfinished = [
    ...partial.entries.map(({ name }) => name).filter((name) => name.endsWith(".data")),
    ...blobs.entries.map(({ name }) => name).filter((name) => name.endsWith(".incomplete")),
  ];
  const hexes = new Set(unfinished.map((name) => name.split(".")[0] ?? ""));
  const locks = await listFolder(layout.locksDir);
  for (const { name } of locks.entries) {
    if (!hexes.has(basename(name, ".lock"))) continue;
    const path = join(layout.locksDir, name);
    const lock = await tryLock(path);
    if (lock === undefined) throw locked(path, 0);
    await lock.release();
  }
}

async function measure(repoDir: string): Promise<number> {
  const entries = await readdir(repoDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await inBatches(files, async ({ parentPath, name }) => {
    const stats = await lstat(join(parentPath, name)).catch(() => undefined);
    // The content of a hard link lives on under its other name.
    return stats?.nlink === 1 ? stats.size : 0;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}
