import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolders } from "../disk/make-folders.ts";
import { CacheError } from "../names/errors.ts";
import { errnoOf } from "../disk/errno.ts";
import { fsError } from "../disk/fs-error.ts";
import type { RepoLayout } from "../names/layout.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { leaveOutOfBackups } from "./leave-out-of-backups.ts";
import { sweepTemps } from "./sweep-temps.ts";

const CACHEDIR_TAG = `Signature: 8a477f597d28d172789f06886806bc55
# This file marks a folder that holds only what can be downloaded again.
# Backup programs that know such tags leave the folder out.
# See https://bford.info/cachedir/ for the specification.
`;

/**
 * Creates the folders of a repo in the cache, and CACHEDIR.TAG in the cache root. It takes a few
 * `lstat` calls when all exist. The cache root and the repo folder may be links. The folders below
 * may not: `cache/damaged`.
 */
export async function prepareRepo(layout: RepoLayout): Promise<void> {
  const { cacheDir, repoDir } = layout;
  try {
    if (!(await isDirectory(repoDir))) {
      await makeFolders(repoDir);
      await writeCacheDirTag(cacheDir);
    }
    const below = [layout.blobsDir, layout.refsDir, layout.snapshotsDir, layout.treesDir];
    const isNew = await stat(layout.partialDir).then(
      () => false,
      () => true,
    );
    await Promise.all([
      ...[...below, layout.partialDir].map((path) => ensureDirectory(repoDir, path)),
      ensureDirectory(cacheDir, layout.locksDir),
    ]);
    if (isNew) leaveOutOfBackups(layout.partialDir);
    await sweepTemps(layout.partialDir);
  } catch (error) {
    throw fsError(error, repoDir);
  }
}

/** Writes CACHEDIR.TAG into a folder unless something of that name is there. */
export async function writeCacheDirTag(directory: string): Promise<void> {
  // Only backup programs miss it, so no failure here is worth a download.
  await writeFile(join(directory, "CACHEDIR.TAG"), CACHEDIR_TAG, { flag: "wx" }).catch(() => {});
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
  throw new CacheError(`${path} is no folder`, "cache/damaged", {
    hint: "Move it out of the way and run again.",
    data: { path },
  });
}
