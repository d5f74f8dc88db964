import { lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../names/finding.ts";
import { isLitter } from "../names/litter.ts";
import { repoLayout, snapshotDir, type RepoLayout } from "../names/layout.ts";
import { listFolderSync } from "../disk/list-folder.ts";
import { parseRepoFolderName, type RepoType } from "../names/repo-id.ts";
import { isCommit } from "../names/revision.ts";
import { scanBlobs, scanLeftovers } from "./scan-blobs.ts";
import { scanRefs } from "./scan-refs.ts";
import {
  scanSnapshot,
  type SeenBlobs,
  type SnapshotEntry,
  type SnapshotScan,
} from "./scan-snapshot.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import { isShardIndex } from "./absent-shards.ts";
import { statusOfScan } from "./snapshot-status.ts";

/**
 * One commit of a repo in the cache. Sizes are bytes, and a blob under two names counts once. Times
 * are ms.
 */
export interface CachedRevision {
  readonly commit: string;
  readonly path: string;
  readonly files: number;
  readonly sizeOnDisk: number;
  /**
   * Whether every file of the commit is here that a model needs (a card may be absent). Null when no
   * listing tells which files there should be.
   */
  readonly complete: boolean | null;
  readonly lastModifiedAt: number;
}

/** One repo in the cache. `files` and `sizeOnDisk` (bytes) count each blob that some snapshot uses once. */
export interface CachedRepo {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly path: string;
  readonly sizeOnDisk: number;
  /**
   * Bytes that no snapshot uses: blobs, unfinished downloads, leftovers, quarantined data. A hole
   * counts nothing.
   */
  readonly unusedOnDisk: number;
  readonly files: number;
  /**
   * Unix time in ms, as recorded, otherwise as far as the file system keeps access times. Null when
   * there is no file.
   */
  readonly lastUsedAt: number | null;
  /** Commit by ref name (`main`, `refs/pr/1`). */
  readonly refs: Readonly<Record<string, string>>;
  readonly revisions: readonly CachedRevision[];
  readonly findings: readonly Finding[];
}

/** What `scanFolder` saw of a repo. */
export interface RepoScan {
  readonly repo: CachedRepo;
  /** Bytes of the blobs that are this repo's own, not the shared store's. */
  readonly ownBytes: number;
}

/**
 * Scans the folder of this name, which must be a repo's, on this thread. Never throws for its
 * content.
 */
export function scanFolder(root: string, folder: string): RepoScan {
  const identity = parseRepoFolderName(folder);
  if (identity === undefined) throw new TypeError(`${folder} is no repo's folder`);
  return scanRepo(repoLayout(root, identity.repoId, identity.repoType));
}

function scanRepo(layout: RepoLayout): RepoScan {
  const { commits, findings } = listCommits(layout);
  const revisions: CachedRevision[] = [];
  const used = new Map<string, SnapshotEntry>();
  const wrongSizes = new Map<string, Finding>();
  const known: SeenBlobs = new Map();
  for (const commit of commits) {
    const snapshot = scanSnapshot(layout, commit, known);
    const { revision, wrong } = describe(layout, commit, snapshot);
    revisions.push(revision);
    findings.push(...snapshot.findings);
    for (const entry of snapshot.entries) used.set(entry.blob, entry);
    for (const finding of wrong) wrongSizes.set(finding.path, finding);
  }
  const { refs, findings: refFindings } = scanRefs(layout.refsDir, new Set(commits));
  const blobs = scanBlobs(layout, (name) => known.get(name)?.stats?.isFile() === true);
  const leftovers = scanLeftovers(layout);
  const entries = [...used.values()];
  // The status of a snapshot without a listing reads the index: that is no use of the model.
  const read = entries.filter(({ path }) => !isShardIndex(path));
  const repo: CachedRepo = {
    repoId: layout.repoId,
    repoType: layout.repoType,
    path: layout.repoDir,
    sizeOnDisk: sumSizes(entries),
    unusedOnDisk: [...blobs.findings, ...leftovers].reduce((a, b) => a + (b.sizeOnDisk ?? 0), 0),
    files: entries.length,
    lastUsedAt: notedUse(layout) ?? latest(read.map(({ stats }) => stats.atimeMs)) ?? null,
    refs,
    revisions,
    findings: [
      ...findings,
      ...refFindings,
      ...blobs.findings,
      ...leftovers,
      ...wrongSizes.values(),
    ],
  };
  return { repo, ownBytes: sumSizes(ownFiles(entries, blobs.links)) };
}

/**
 * The last recorded use (see `recordUse`). The file system's access time is only a hint beside it.
 */
function notedUse({ recordsDir }: RepoLayout): number | undefined {
  const { entries } = listFolderSync(join(recordsDir, "used"));
  const noted = entries.map(
    ({ parentPath, name }) =>
      lstatSync(join(parentPath, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return latest(noted.map((at) => Math.min(at, Date.now())));
}

/**
 * Each file on the disk once. Files under two names, and those of the shared store, do not count
 * twice.
 */
function ownFiles(
  entries: readonly SnapshotEntry[],
  links: ReadonlySet<string>,
): readonly SnapshotEntry[] {
  const seen = new Set<string>();
  return entries.filter(({ blob, stats }) => {
    if (links.has(blob)) return false;
    if (stats.nlink === 1) return true;
    const id = `${stats.dev}:${stats.ino}`;
    return !seen.has(id) && seen.add(id);
  });
}

function listCommits(layout: RepoLayout): { commits: readonly string[]; findings: Finding[] } {
  const { entries, findings, exists } = listFolderSync(layout.snapshotsDir);
  const commits: string[] = [];
  if (!exists) {
    const message = "There is no snapshots folder, so Python's client ignores the repo.";
    findings.push({ code: "no-snapshots", path: layout.snapshotsDir, message });
  }
  for (const entry of entries) {
    const path = join(layout.snapshotsDir, entry.name);
    if (isLitter(entry.name)) continue;
    if (entry.isSymbolicLink()) {
      const message = "A link lies where a folder belongs. It was not followed.";
      findings.push({ code: "planted-link", path, message });
    } else if (!entry.isDirectory()) {
      const message = "A file lies among the snapshots, so Python's client ignores the repo.";
      findings.push({ code: "stray-file", path, message });
    } else if (isCommit(entry.name)) {
      commits.push(entry.name);
    } else {
      findings.push({ code: "not-a-commit", path, message: "Its name is no commit hash." });
    }
  }
  return { commits, findings };
}

function describe(
  layout: RepoLayout,
  commit: string,
  snapshot: SnapshotScan,
): { revision: CachedRevision; wrong: readonly Finding[] } {
  const path = snapshotDir(layout, commit);
  const { entries } = snapshot;
  const { status, missing, files } = statusOfScan(layout, commit, snapshot);
  const wrong = missing.length === 0 ? [] : findWrongSizes(entries, new Set(missing), files);
  const blobs = new Set<string>();
  let sizeOnDisk = 0;
  let modified = Number.NEGATIVE_INFINITY;
  for (const { blob, stats } of entries) {
    modified = Math.max(modified, stats.mtimeMs);
    if (blobs.has(blob)) continue;
    blobs.add(blob);
    sizeOnDisk += stats.size;
  }
  if (entries.length === 0) modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const revision: CachedRevision = {
    commit,
    path,
    files: entries.length,
    sizeOnDisk,
    complete: status === "unknown" ? null : status === "complete",
    lastModifiedAt: Math.round(modified),
  };
  return { revision, wrong };
}

function findWrongSizes(
  entries: readonly SnapshotEntry[],
  amiss: ReadonlySet<string>,
  files: readonly SnapshotFile[] | undefined,
): readonly Finding[] {
  const expected = new Map(files?.map((file) => [file.path, file.size]));
  return entries.flatMap((entry): Finding[] => {
    const size = expected.get(entry.path);
    if (size === undefined || !amiss.has(entry.path)) return [];
    const message = `It has ${entry.stats.size} bytes instead of ${size}.`;
    return [{ code: "wrong-size", path: entry.blob, message }];
  });
}

function sumSizes(entries: readonly SnapshotEntry[]): number {
  return entries.reduce((sum, { stats }) => sum + stats.size, 0);
}

function latest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.round(times.reduce((a, b) => Math.max(a, b)));
}
