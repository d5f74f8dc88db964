import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isLitter, type Finding } from "./finding.ts";
import { errnoOf, fsError } from "./fs-error.ts";
import { checkRoot, repoLayout } from "./layout.ts";
import { parseRepoFolderName } from "./repo-id.ts";
import { scanRepo, type CachedRepo } from "./scan-repo.ts";
import { isShared, readSharedStore } from "./shared-store.ts";

/** Everything a cache folder holds. */
export interface CacheScan {
  readonly cacheDir: string;
  /** Bytes: each blob once, each payload of the shared store once, whether some repo uses it or not. */
  readonly sizeOnDisk: number;
  /** By folder name. */
  readonly repos: readonly CachedRepo[];
  /** What concerns the cache as a whole; the repos have their own. */
  readonly findings: readonly Finding[];
}

/**
 * Lists the repos of a cache by names and lengths only; nothing found there makes it throw or leave a repo out. An
 * absent folder is an empty cache with the finding `no-cache`. Throws `cache/not-readable`, or `cache/damaged` when it is
 * no folder.
 */
export async function scanCache(cacheDir: string): Promise<CacheScan> {
  const root = checkRoot(cacheDir);
  const entries = await listRoot(root);
  if (entries === undefined) {
    const message = "There is no cache yet; the first download creates it.";
    const findings: Finding[] = [{ code: "no-cache", path: root, message }];
    return { cacheDir: root, sizeOnDisk: 0, repos: [], findings };
  }
  const store = await readSharedStore(root);
  const repos: CachedRepo[] = [];
  const findings: Finding[] = [];
  let sizeOnDisk = store?.sizeOnDisk ?? 0;
  for (const entry of entries) {
    if (isKnown(entry.name, store !== undefined)) continue;
    const path = join(root, entry.name);
    const identity = parseRepoFolderName(entry.name);
    // A whole repo may be linked to another disk.
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
    if (identity === undefined || !isFolder) {
      findings.push({ code: "not-a-repo", path, message: "No client of the cache put this here." });
      continue;
    }
    const { repo, blobs } = await scanRepo(repoLayout(root, identity.repoId, identity.repoType));
    repos.push(repo);
    for (const [blob, size] of blobs) {
      if (store === undefined || !(await isShared(root, blob))) sizeOnDisk += size;
    }
  }
  findings.push(...findSharedCommits(repos));
  return { cacheDir: root, sizeOnDisk, repos, findings };
}

async function listRoot(root: string): Promise<readonly Dirent[] | undefined> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fsError(error, root, "read");
  }
}

function isKnown(name: string, hasStore: boolean): boolean {
  return (
    name === ".locks" || name === "CACHEDIR.TAG" || isLitter(name) || (name === "blobs" && hasStore)
  );
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
