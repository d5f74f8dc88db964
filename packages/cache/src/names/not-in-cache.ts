import { existsSync } from "node:fs";
import { CacheError } from "./errors.ts";
import { repoLayout, type RepoLayout } from "./layout.ts";
import { REPO_TYPES } from "./repo-id.ts";

/** The error for a repo, or a revision of it, that the cache does not have; the hint names another kind that it has. */
export function notInCache(layout: RepoLayout, revision?: string): CacheError {
  const { cacheDir, repoId, repoDir, repoType } = layout;
  const what = revision === undefined ? repoId : `${repoId} at ${revision}`;
  const other = REPO_TYPES.find(
    (type) => type !== repoType && existsSync(repoLayout(cacheDir, repoId, type).repoDir),
  );
  return new CacheError(`${what} is not in the cache ${cacheDir}`, "cache/not-found", {
    hint:
      other !== undefined && !existsSync(repoDir)
        ? `A ${other} of this name is: add --type ${other}.`
        : "mlx-download cache ls shows what is there; name another cache with --cache-dir.",
    data: { repoId, repoType, path: repoDir, revision: revision ?? null, cacheDir },
  });
}
