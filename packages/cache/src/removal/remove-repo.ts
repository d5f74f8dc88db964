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
 * Removes a repo's folder and its locks. `freedBytes` counts the files in it. No link is followed:
 * payloads of the shared store follow its own protocol once no repo leads to them, and if a repo
 * folder is itself a link only that link is removed. Refs and snapshots are removed first, so that
 * a crash in between leaves nothing that looks complete. Throws `cache/not-found`, `cache/pinned`,
 * `cache/locked` while a download into it runs, `cache/not-writable`.
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
        hint: "Nothing was removed. Check the file and remove it by hand.",
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
 * Removes a repo's folder and locks and returns the number of bytes freed. Refs and snapshots are
 * removed first. If the folder is a link, only that link is removed. Files removed by another
 * program meanwhile count nothing. For callers that hold the repo's lock and have checked for pins
 * and downloads.
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
  // Not through a link that was planted in place of .locks.
  if (await isFolder(dirname(locksDir))) await rm(locksDir, { recursive: true, force: true });
  return freedBytes;
}

function ifThere(error: unknown): undefined {
  if (errnoOf(error) !== "ENOENT") throw error;
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}
