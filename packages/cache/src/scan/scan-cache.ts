import type { Finding } from "../names/finding.ts";
import type { CachedRepo } from "./scan-repo.ts";
import { scanRepos } from "./scan-repos.ts";

/** Everything a cache folder holds. */
export interface CacheScan {
  readonly cacheDir: string;
  /** Bytes: each blob once, each payload of the shared store once, whether some repo uses it or not. */
  readonly sizeOnDisk: number;
  /** Bytes that no snapshot uses: blobs, unfinished downloads, leftovers, quarantined data. */
  readonly unusedOnDisk: number;
  /** By folder name. */
  readonly repos: readonly CachedRepo[];
  /** Findings about the cache as a whole. The repos have their own. */
  readonly findings: readonly Finding[];
}

/**
 * Lists the repos of a cache by names and lengths only. No state of the files makes it throw or
 * leave a repo out. An absent folder is an empty cache with the finding `no-cache`. Throws
 * `cache/not-readable`, `cache/damaged` when it is not a folder, and the signal's reason when
 * aborted.
 */
export async function scanCache(
  cacheDir: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<CacheScan> {
  const repos: CachedRepo[] = [];
  const scan = scanRepos(cacheDir, options);
  for (;;) {
    const next = await scan.next();
    if (next.done !== true) {
      repos.push(next.value);
      continue;
    }
    repos.sort((a, b) => (a.path < b.path ? -1 : 1));
    return {
      cacheDir: next.value.cacheDir,
      sizeOnDisk: next.value.sizeOnDisk,
      unusedOnDisk: repos.reduce((sum, repo) => sum + repo.unusedOnDisk, 0),
      repos,
      findings: [...next.value.findings, ...findSharedCommits(repos)],
    };
  }
}

function findSharedCommits(repos: readonly CachedRepo[]): readonly Finding[] {
  const owners = new Map<string, string>();
  return repos.flatMap((repo) =>
    repo.revisions.flatMap(({ commit, path }): Finding[] => {
      const other = owners.get(commit);
      owners.set(commit, repo.repoId);
      if (other === undefined) return [];
      const message = `${other} holds the same commit: remove either with this tool, since hf cache rm mixes them up.`;
      return [{ code: "shared-commit", path, message }];
    }),
  );
}
