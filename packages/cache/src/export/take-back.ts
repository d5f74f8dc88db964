import { lstat } from "node:fs/promises";
import { discard } from "../disk/durable-file.ts";
import { snapshotDir, treePath, type RepoLayout } from "../names/layout.ts";
import { listCommits } from "../disk/list-commits.ts";
import { applyRemoval } from "../removal/apply-removal.ts";
import { planRemoval } from "../removal/plan-removal.ts";

/**
 * Remembers the files of a commit that are here. The returned function removes files added since,
 * as long as no ref leads to the commit. It removes nothing when part of the commit was here
 * before, since the owner of the rest is unknown then.
 */
export async function rememberBefore(
  layout: RepoLayout,
  commit: string,
): Promise<() => Promise<void>> {
  const { cacheDir, repoId, repoType } = layout;
  const hadRepo = await isThere(layout.repoDir);
  const hadSnapshot = await isThere(snapshotDir(layout, commit));
  const hadListing = await isThere(treePath(layout, commit));
  return async () => {
    if (!hadListing) await discard(treePath(layout, commit));
    if (!hadSnapshot && (await isThere(snapshotDir(layout, commit)))) {
      const target = { repoId, repoType, revision: commit };
      await applyRemoval(await planRemoval(cacheDir, [target], { where: ["refs=none"] }));
    } else if (!hadRepo && listCommits(layout).length === 0) {
      await applyRemoval(await planRemoval(cacheDir, [{ repoId, repoType }]));
    }
  };
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
