import { lstat, rm, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { findActiveUse, inUse } from "../lock/active-use.ts";
import { CacheError } from "../names/errors.ts";
import { folderSize } from "../disk/folder-size.ts";
import { errnoOf } from "../disk/errno.ts";
import { fsError } from "../disk/fs-error.ts";
import { repoLayout, type RepoLayout } from "../names/layout.ts";
import { notInCache } from "../names/not-in-cache.ts";
import { pinned, repoPins } from "../records/pin.ts";
import { withRepoLock } from "../lock/repo-lock.ts";
import { payloadsOf } from "../shared/shared-store.ts";
import { sweepPayload } from "../shared/sweep-payloads.ts";
import type { RepoType } from "../names/repo-id.ts";

/**
 * Removes a repo's folder and its locks; `freedBytes` counts the files that lay in it. No link is followed: payloads of
 * the shared store go by its own protocol once no repo leads to them, and of a repo folder that is itself a link only
 * that link goes. Refs and snapshots go first, so that a crash in between leaves nothing that looks whole. Throws
 * `cache/not-found`, `cache/pinned`, `cache/locked` while a download into it runs, `cache/not-writable`.
 */
export async function removeRepo(
  cacheDir: string,
  repoId: string,
  repoType: RepoType = "model",
): Promise<{ freedBytes: number }> {
  const layout = repoLayout(cacheDir, repoId, repoType);
  const { repoDir } = layout;
  try {
    const stats = await lstat(repoDir).catch((error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
      throw notInCache(layout);
    });
    if (!stats.isDirectory() && !stats.isSymbolicLink()) {
      throw new CacheError(`${repoDir} is a file, not a repo's folder`, "cache/damaged", {
        hint: "Nothing was removed; look at the file and remove it by hand.",
        data: { repoId, path: repoDir },
      });
    }
    return await withRepoLock(layout, async () => {
      const pins = await repoPins(layout);
      if (pins.length > 0) throw pinned(layout, pins);
      const active = await findActiveUse(layout);
      if (active !== undefined) throw inUse(layout, active);
      const payloads = stats.isDirectory() ? await payloadsOf(layout) : [];
      let freedBytes = await removeRepoFolder(layout);
      for (const payload of payloads) freedBytes += await sweepPayload(layout.cacheDir, payload);
      return { freedBytes };
    });
  } catch (error) {
    throw fsError(error, repoDir);
  }
}

/**
 * Takes a repo's folder and locks away and returns the bytes that were its own. Refs and snapshots go first; of a folder
 * that is a link only that link goes; what another program removed meanwhile counts nothing. For callers that hold the
 * repo's lock and have looked for pins and downloads.
 */
export async function removeRepoFolder(layout: RepoLayout): Promise<number> {
  const { repoDir, locksDir } = layout;
  let freedBytes = 0;
  const stats = await lstat(repoDir).catch(ifThere);
  if (stats?.isSymbolicLink() === true) {
    await unlink(repoDir).catch(ifThere);
  } else if (stats !== undefined) {
    freedBytes = await folderSize(repoDir);
    for (const path of [layout.refsDir, layout.snapshotsDir, repoDir]) {
      await rm(path, { recursive: true, force: true });
    }
  }
  // Not through a link that somebody planted in place of .locks.
  if (await isFolder(dirname(locksDir))) await rm(locksDir, { recursive: true, force: true });
  return freedBytes;
}

function ifThere(error: unknown): undefined {
  if (errnoOf(error) !== "ENOENT") throw error;
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}
