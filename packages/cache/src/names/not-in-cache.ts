import { existsSync } from "node:fs";
import { CacheError } from "./errors.ts";
import { repoLayout, type RepoLayout } from "./layout.ts";
import { repoBeside } from "./repo-beside.ts";
import { REPO_TYPES } from "./repo-id.ts";

/**
 * The error for a repo, or a revision of it, that the cache does not have. The hint names another kind of repo of this
 * name that it has, or the folder beside it that has the repo.
 */
export function notInCache(layout: RepoLayout, revision?: string): CacheError {
  const { cacheDir, repoId, repoDir, repoType } = layout;
  const what = revision === undefined ? repoId : `${repoId} at ${revision}`;
  const other = REPO_TYPES.find(
    (type) => type !== repoType && existsSync(repoLayout(cacheDir, repoId, type).repoDir),
  );
  const beside = repoBeside(layout);
  return new CacheError(`${what} is not in the cache ${cacheDir}`, "cache/not-found", {
    hint:
      other !== undefined && !existsSync(repoDir)
        ? `A ${other} of this name is: add \`repoType: "${other}"\`.`
        : beside !== undefined
          ? `It is in ${beside}: add \`cacheDir: ${JSON.stringify(beside)}\`.`
          : "mlx-download cache ls lists the cache. Name another cache with the option `cacheDir`.",
    data: { repoId, repoType, path: repoDir, revision: revision ?? null, cacheDir },
  });
}
