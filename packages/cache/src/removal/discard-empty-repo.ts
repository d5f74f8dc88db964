import { join } from "node:path";
import { findActiveUse } from "../lock/active-use.ts";
import { withRepoLock } from "../lock/repo-lock.ts";
import { listFolderSync } from "../disk/list-folder.ts";
import { isLitter } from "../names/litter.ts";
import type { RepoLayout } from "../names/layout.ts";
import { removeRepoFolder } from "./remove-repo.ts";

/**
 * Removes the remains of a download that ended before its first byte: a repo folder that contains
 * only empty folders, listings, and unfinished blobs without a byte (`emptyPartials`, by path).
 * Stops as soon as there is anything else, or a download into it. Never throws: the next prune
 * finds the rest.
 */
export async function discardEmptyRepo(
  layout: RepoLayout,
  emptyPartials: ReadonlySet<string> = new Set(),
): Promise<boolean> {
  if (!isEmpty(layout, emptyPartials)) return false;
  try {
    return await withRepoLock(layout, async () => {
      if (!isEmpty(layout, emptyPartials) || (await findActiveUse(layout)) !== undefined)
        return false;
      await removeRepoFolder(layout);
      return true;
    });
  } catch {
    return false;
  }
}

function isEmpty(
  { repoDir, treesDir, partialDir }: RepoLayout,
  empty: ReadonlySet<string>,
): boolean {
  const { entries, findings, exists } = listFolderSync(repoDir, { recursive: true });
  if (!exists || findings.length > 0) return false;
  return entries.every((entry) => {
    const { name, parentPath } = entry;
    if (entry.isDirectory() || isLitter(name) || parentPath === treesDir) return true;
    if (parentPath !== partialDir) return false;
    return empty.has(join(parentPath, name.replace(/\.journal$/, ".data")));
  });
}
