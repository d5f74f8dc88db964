import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../names/finding.ts";
import { isLitter } from "../names/litter.ts";
import { errnoOf } from "../disk/errno.ts";
import { fsError } from "../disk/fs-error.ts";
import { checkRoot } from "../names/layout.ts";
import { parseRepoFolderName } from "../names/repo-id.ts";
import { scanFolders } from "./scan-folders.ts";
import type { CachedRepo } from "./scan-repo.ts";
import { readSharedStore } from "../shared/shared-store.ts";

/** Findings about a cache as a whole. */
export interface CacheSummary {
  readonly cacheDir: string;
  /** Bytes: each blob once, each payload of the shared store once, whether some repo uses it or not. */
  readonly sizeOnDisk: number;
  readonly findings: readonly Finding[];
}

/**
 * Yields the repos of a cache one by one, as they are scanned and in no order, for interfaces that
 * show them as they come. Returns the findings about the cache as a whole. Rules and errors are
 * those of `scanCache`. Scanning a repo holds this thread for the few file calls of that repo. A
 * large cache is shared with other threads.
 */
export async function* scanRepos(
  cacheDir: string,
  options: { signal?: AbortSignal | undefined } = {},
): AsyncGenerator<CachedRepo, CacheSummary> {
  const root = checkRoot(cacheDir);
  const entries = listRoot(root);
  if (entries === undefined) {
    const message = "There is no cache yet. The first download creates it.";
    const findings: Finding[] = [{ code: "no-cache", path: root, message }];
    return { cacheDir: root, sizeOnDisk: 0, findings };
  }
  const store = await readSharedStore(root);
  const folders: string[] = [];
  const findings: Finding[] = [];
  for (const entry of entries) {
    if (isKnown(entry.name, store !== undefined)) continue;
    const path = join(root, entry.name);
    // A whole repo may be linked to another disk.
    if (parseRepoFolderName(entry.name) !== undefined && isFolder(path, entry)) {
      folders.push(entry.name);
    } else {
      findings.push({
        code: "not-a-repo",
        path,
        message: "It is no repo folder of the Hugging Face cache.",
      });
    }
  }
  let sizeOnDisk = store?.sizeOnDisk ?? 0;
  for await (const { repo, ownBytes } of scanFolders(root, folders, options)) {
    sizeOnDisk += ownBytes;
    yield repo;
  }
  return { cacheDir: root, sizeOnDisk, findings };
}

function listRoot(root: string): readonly Dirent[] | undefined {
  try {
    const entries = readdirSync(root, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fsError(error, root, "read");
  }
}

function isFolder(path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Files that clients put beside the repos: locks, the tag for backup programs, and the version
 * files of transformers (`version.txt`) and diffusers (`version_diffusers_cache.txt`), which record
 * that an old cache was converted.
 */
const CLIENT_FILES: ReadonlySet<string> = new Set([
  ".locks",
  "CACHEDIR.TAG",
  "version.txt",
  "version_diffusers_cache.txt",
]);

function isKnown(name: string, hasStore: boolean): boolean {
  return CLIENT_FILES.has(name) || isLitter(name) || (name === "blobs" && hasStore);
}
