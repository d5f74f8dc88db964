import { basename, dirname } from "node:path";
import { isCommit, parseRepoFolderName, type RepoLayout, repoLayout } from "@mlx-download/cache";

/** A folder that is a snapshot of a model in some cache. */
export interface CachedFolder {
  readonly layout: RepoLayout;
  readonly commit: string;
}

/**
 * The snapshot of a folder, by its path alone: `<cache>/models--org--name/snapshots/<commit>`. Undefined for any other.
 */
export function cachedFolder(path: string): CachedFolder | undefined {
  const commit = basename(path);
  const snapshots = dirname(path);
  const repoDir = dirname(snapshots);
  const repo = parseRepoFolderName(basename(repoDir));
  if (repo?.repoType !== "model" || basename(snapshots) !== "snapshots" || !isCommit(commit)) {
    return undefined;
  }
  return { layout: repoLayout(dirname(repoDir), repo.repoId), commit };
}
