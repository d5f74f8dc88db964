import { join, resolve, sep } from "node:path";
import { CacheError } from "./errors.ts";
import { expandHome } from "./home.ts";
import { isHex } from "./is-hex.ts";
import { checkRepoPath } from "./repo-path.ts";
import { repoFolderName, type RepoType } from "./repo-id.ts";
import { checkCommit, checkRevision } from "./revision.ts";

/** The paths of one repo in the cache, all absolute. Making a layout touches no disk. */
export interface RepoLayout {
  readonly cacheDir: string;
  readonly repoId: string;
  readonly repoType: RepoType;
  /** `<cacheDir>/models--org--name` */
  readonly repoDir: string;
  readonly blobsDir: string;
  readonly refsDir: string;
  readonly snapshotsDir: string;
  readonly treesDir: string;
  /** Data that is not verified yet, out of sight of every other client. */
  readonly partialDir: string;
  /**
   * This project's records about the repo (pins, uses). No other client looks there, and they are
   * removed with the repo.
   */
  readonly recordsDir: string;
  /**
   * Records about blobs beyond their digest: digests of their segments, and which were verified.
   */
  readonly proofsDir: string;
  /** Damaged data that a repair moved aside. */
  readonly quarantineDir: string;
  /** `<cacheDir>/.locks/models--org--name` */
  readonly locksDir: string;
}

/**
 * The layout of a repo below a cache folder (resolved against the working directory). Throws
 * `cache/invalid-repo-id`.
 */
export function repoLayout(
  cacheDir: string,
  repoId: string,
  repoType: RepoType = "model",
): RepoLayout {
  const folder = repoFolderName(repoId, repoType);
  const root = checkRoot(cacheDir);
  const repoDir = join(root, folder);
  // The folder is normalized already, and a scan makes thousands of layouts.
  const below = (name: string): string => repoDir + sep + name;
  return {
    cacheDir: root,
    repoId,
    repoType,
    repoDir,
    blobsDir: below("blobs"),
    refsDir: below("refs"),
    snapshotsDir: below("snapshots"),
    treesDir: below("trees"),
    partialDir: below(".partial"),
    recordsDir: below(".mlx-download"),
    proofsDir: below(`.mlx-download${sep}proofs`),
    quarantineDir: below(".quarantine"),
    locksDir: join(root, ".locks", folder),
  };
}

/** `blobs/<hex>`. Throws `cache/invalid-digest` unless hex is 40 or 64 lower-case hex digits. */
export function blobPath(layout: RepoLayout, hex: string): string {
  return join(layout.blobsDir, checkHex(hex));
}

/** `snapshots/<commit>`. Throws `cache/invalid-revision`. */
export function snapshotDir(layout: RepoLayout, commit: string): string {
  return join(layout.snapshotsDir, checkCommit(commit));
}

/** `snapshots/<commit>/<path>`. Throws `cache/invalid-revision` or `cache/unsafe-path`. */
export function snapshotPath(layout: RepoLayout, commit: string, path: string): string {
  return join(snapshotDir(layout, commit), checkRepoPath(path));
}

/** `refs/<revision>` (so `refs/refs/pr/1` for a pull request). Throws `cache/invalid-revision`. */
export function refPath(layout: RepoLayout, revision: string): string {
  return join(layout.refsDir, checkRevision(revision));
}

/** `trees/<commit>.json`. Throws `cache/invalid-revision`. */
export function treePath(layout: RepoLayout, commit: string): string {
  return join(layout.treesDir, `${checkCommit(commit)}.json`);
}

/** The lock that Python's client takes for a blob. Throws `cache/invalid-digest`. */
export function lockPath(layout: RepoLayout, hex: string): string {
  return join(layout.locksDir, `${checkHex(hex)}.lock`);
}

/** The paths of an unfinished blob and its journal. Throws `cache/invalid-digest`. */
export function partialPaths(layout: RepoLayout, hex: string): { data: string; journal: string } {
  return partialPathsIn(layout.partialDir, hex);
}

/** `partialPaths` for any folder of partial data. */
export function partialPathsIn(partialDir: string, hex: string): { data: string; journal: string } {
  const base = join(partialDir, checkHex(hex));
  return { data: `${base}.data`, journal: `${base}.journal` };
}

/**
 * The absolute form of a folder that the caller chose, with `~` expanded. Throws
 * `cache/unsafe-path` when it is empty or contains a NUL.
 */
export function checkRoot(folder: string): string {
  if (folder !== "" && !folder.includes("\0")) return resolve(expandHome(folder));
  throw new CacheError(`${JSON.stringify(folder)} is not a folder`, "cache/unsafe-path", {
    hint: "Pass the path of a folder.",
    data: { path: folder },
  });
}

function checkHex(hex: string): string {
  if (isHex(hex, 40) || isHex(hex, 64)) return hex;
  throw new CacheError(`${JSON.stringify(hex)} is not a blob's name`, "cache/invalid-digest", {
    hint: "A blob is named by 40 (git) or 64 (sha256) lower-case hex digits.",
    data: { hex },
  });
}
