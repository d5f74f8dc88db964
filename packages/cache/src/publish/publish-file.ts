import { constants } from "node:fs";
import { copyFile, readlink, rename, stat, symlink } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import {
  discard,
  moveIntoPlace,
  sizeMismatch,
  syncDirectory,
  tempPath,
} from "../disk/durable-file.ts";
import { CacheError } from "../names/errors.ts";
import { errnoOf } from "../disk/errno.ts";
import { fsError } from "../disk/fs-error.ts";
import { blobPath, snapshotPath, type RepoLayout } from "../names/layout.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { checkSnapshotFile, type SnapshotFile } from "../digest/snapshot-file.ts";
import { supportsSymlinks } from "../disk/symlinks.ts";

/** One file to be put in its place in a snapshot. */
export interface PublishFile {
  readonly commit: string;
  readonly file: SnapshotFile;
  /**
   * A file on the cache's file system whose bytes were verified to have `file.digest`. It is moved.
   * Absent: the blob is there already and only the snapshot needs its entry.
   */
  readonly from?: string | undefined;
}

/**
 * Makes a verified file visible to every client of the cache and returns its path in the snapshot.
 * Call `prepareRepo` first. With links: `blobs/<hex>` by rename (which replaces a link into the
 * shared store, never its target), then a relative link to it. Without: the file itself lies in the
 * snapshot, copied when only its blob exists. The length is checked (`cache/size-mismatch`). The
 * caller guarantees the digest.
 */
export async function publishFile(
  layout: RepoLayout,
  entry: PublishFile,
  options: { symlinks?: boolean | undefined } = {},
): Promise<string> {
  const file = checkSnapshotFile(entry.file);
  const target = snapshotPath(layout, entry.commit, file.path);
  const blob = blobPath(layout, file.digest.hex);
  const move = { size: file.size, tempDir: layout.partialDir };
  try {
    await ensureDirectory(layout.repoDir, layout.partialDir);
    await ensureDirectory(layout.repoDir, layout.blobsDir);
    await ensureDirectory(layout.repoDir, dirname(target));
    if (options.symlinks ?? (await supportsSymlinks(layout.cacheDir))) {
      if (entry.from === undefined) await checkFile(blob, file.size);
      else await moveIntoPlace(entry.from, blob, move);
      await placeLink(target, blob, layout.partialDir);
    } else if (entry.from !== undefined) {
      await moveIntoPlace(entry.from, target, move);
    } else {
      await copyIntoPlace(blob, target, move);
    }
  } catch (error) {
    throw fsError(error, target);
  }
  return target;
}

async function checkFile(path: string, size: number): Promise<void> {
  const stats = await stat(path);
  if (!stats.isFile()) {
    throw new CacheError(`${path} is no regular file`, "cache/damaged", {
      hint: "Move it out of the way and run again.",
      data: { path },
    });
  }
  if (stats.size !== size) throw sizeMismatch(path, size, stats.size);
}

async function placeLink(target: string, blob: string, tempDir: string): Promise<void> {
  const text = relative(dirname(target), blob).replaceAll(sep, "/");
  try {
    await symlink(text, target);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    // EINVAL: the existing entry is not a link.
    if ((await readlink(target).catch(() => undefined)) === text) return;
    const temp = tempPath(tempDir);
    await symlink(text, temp);
    try {
      await rename(temp, target);
    } catch (renameError) {
      await discard(temp);
      throw renameError;
    }
  }
  await syncDirectory(dirname(target));
}

async function copyIntoPlace(
  blob: string,
  target: string,
  move: { size: number; tempDir: string },
): Promise<void> {
  const temp = tempPath(move.tempDir);
  try {
    await checkFile(blob, move.size);
    await copyFile(blob, temp, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await moveIntoPlace(temp, target, move);
  } catch (error) {
    await discard(temp);
    throw error;
  }
}
