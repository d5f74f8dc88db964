import { readdir } from "node:fs/promises";
import { errnoOf } from "./errno.ts";
import { fsError } from "./fs-error.ts";
import { checkRoot, repoLayout, type RepoLayout } from "../names/layout.ts";
import { parseRepoFolderName } from "../names/repo-id.ts";

/**
 * The repo folders of a cache by name, without reading them. Empty when there is no cache. Throws
 * `cache/not-readable`.
 */
export async function listRepos(cacheDir: string): Promise<readonly RepoLayout[]> {
  const root = checkRoot(cacheDir);
  const names = await readdir(root).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return [];
    throw fsError(error, root, "read");
  });
  return names
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => {
      const identity = parseRepoFolderName(name);
      return identity === undefined ? [] : [repoLayout(root, identity.repoId, identity.repoType)];
    });
}
