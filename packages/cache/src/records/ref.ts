import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import { listCommits } from "../disk/list-commits.ts";
import { replaceFile } from "../disk/durable-file.ts";
import { errnoOf } from "../disk/errno.ts";
import { fsError } from "../disk/fs-error.ts";
import { refPath, type RepoLayout } from "../names/layout.ts";
import { readSmallFile } from "../disk/read-small-file.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { checkCommit, isCommit } from "../names/revision.ts";

/**
 * The commit that a revision pointed at when it was last resolved. Undefined when unknown. Accepts
 * whitespace around the hash (Python does not). Throws `cache/invalid-revision`.
 */
export async function readRef(layout: RepoLayout, revision: string): Promise<string | undefined> {
  const text = (await readSmallFile(refPath(layout, revision), 4096))?.trim();
  return text !== undefined && isCommit(text) ? text : undefined;
}

/**
 * The commit that a revision means in the cache: itself, the commit of the branch or tag, or, for a
 * shortened hash (4 hex digits or more), the one snapshot here with that prefix. Undefined when
 * unknown. Throws `cache/invalid-revision`.
 */
export async function findCommit(
  layout: RepoLayout,
  revision: string,
): Promise<string | undefined> {
  const hash = revision.toLowerCase();
  if (isCommit(hash)) return hash;
  const named = await readRef(layout, revision);
  if (named !== undefined || !/^[0-9a-f]{4,63}$/.test(hash)) return named;
  const [only, ...others] = listCommits(layout).filter((commit) => commit.startsWith(hash));
  return others.length === 0 ? only : undefined;
}

/**
 * Points a revision at a commit: a file of exactly 40 bytes, replaced in one step, untouched when it says so already.
 * A commit given as the revision needs no ref and writes none. The caller makes sure that the snapshot is complete.
 */
export async function writeRef(
  layout: RepoLayout,
  revision: string,
  commit: string,
): Promise<void> {
  const path = refPath(layout, revision);
  checkCommit(commit);
  if (isCommit(revision)) return;
  try {
    await ensureDirectory(layout.repoDir, dirname(path));
    if ((await isRegularFile(path)) && (await readSmallFile(path, 4096)) === commit) return;
    await ensureDirectory(layout.repoDir, layout.partialDir);
    await replaceFile(path, commit, layout.partialDir);
  } catch (error) {
    throw fsError(error, path);
  }
}

async function isRegularFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}
