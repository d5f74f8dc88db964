import { join, dirname } from "node:path";
import { discard, replaceFile } from "../disk/durable-file.ts";
import { fsError } from "../disk/fs-error.ts";
import { readSmallFile } from "../disk/read-small-file.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import type { RepoLayout } from "../names/layout.ts";
import { checkCommit, checkRevision, isCommit } from "../names/revision.ts";

/**
 * The commit of a branch that its user rolled back from, and that updates therefore pass over. Undefined when there is
 * none. Throws `cache/invalid-revision`.
 */
export async function readTurnedAway(
  layout: RepoLayout,
  revision: string,
): Promise<string | undefined> {
  const text = (await readSmallFile(recordPath(layout, revision), 4096))?.trim();
  return text !== undefined && isCommit(text) ? text : undefined;
}

/** Notes the commit that a branch was rolled back from. Throws `cache/not-writable`. */
export async function noteTurnedAway(
  layout: RepoLayout,
  revision: string,
  commit: string,
): Promise<void> {
  const path = recordPath(layout, revision);
  checkCommit(commit);
  try {
    await ensureDirectory(layout.repoDir, dirname(path));
    await ensureDirectory(layout.repoDir, layout.partialDir);
    await replaceFile(path, commit, layout.partialDir);
  } catch (error) {
    throw fsError(error, path);
  }
}

/** Forgets it, since the branch was moved on again. */
export async function forgetTurnedAway(layout: RepoLayout, revision: string): Promise<void> {
  await discard(recordPath(layout, revision));
}

function recordPath({ recordsDir }: RepoLayout, revision: string): string {
  return join(recordsDir, "turned-away", checkRevision(revision));
}
