import { open, lutimes, stat } from "node:fs/promises";
import { join } from "node:path";
import { discard } from "../disk/durable-file.ts";
import { errnoOf } from "../disk/errno.ts";
import { snapshotDir, type RepoLayout } from "../names/layout.ts";
import { listFolder } from "../disk/list-folder.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { checkCommit, isCommit } from "../names/revision.ts";

/**
 * Records that a snapshot is used now, in the mtime of an empty file `.mlx-download/used/<commit>`.
 * This usually takes two file system calls. Never throws for errors of the disk, so that a
 * read-only cache still serves its models. Returns false when nothing was recorded, also for a
 * commit that has no snapshot. Throws `cache/invalid-revision`.
 */
export async function recordUse(
  layout: RepoLayout,
  commit: string,
  options: { at?: number | undefined } = {},
): Promise<boolean> {
  const folder = join(layout.recordsDir, "used");
  const path = join(folder, checkCommit(commit));
  const seconds = (options.at ?? Date.now()) / 1000;
  try {
    await stat(snapshotDir(layout, commit));
    try {
      // Of a planted link only the link is touched.
      await lutimes(path, seconds, seconds);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
      await ensureDirectory(layout.repoDir, folder);
      await (await open(path, "a", 0o666)).close();
      await lutimes(path, seconds, seconds);
    }
    return true;
  } catch {
    return false;
  }
}

/** Forgets the uses of a commit that is no more. */
export async function forgetUse(layout: RepoLayout, commit: string): Promise<void> {
  await discard(join(layout.recordsDir, "used", checkCommit(commit)));
}

/**
 * The last recorded use of each commit of a repo (Unix time in ms). A time in the future counts as
 * now, so that a clock once set wrong keeps nothing alive for years.
 */
export async function lastUses(layout: RepoLayout): Promise<ReadonlyMap<string, number>> {
  const { entries } = await listFolder(join(layout.recordsDir, "used"));
  const now = Date.now();
  const uses = new Map<string, number>();
  for (const { name, parentPath } of entries) {
    if (!isCommit(name)) continue;
    const stats = await stat(join(parentPath, name)).catch(() => undefined);
    if (stats?.isFile()) uses.set(name, Math.min(Math.round(stats.mtimeMs), now));
  }
  return uses;
}
