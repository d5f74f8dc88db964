import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isLitter, type Finding } from "./finding.ts";
import { snapshotDir, type RepoLayout } from "./layout.ts";
import { listFolder } from "./list-folder.ts";
import type { RepoType } from "./repo-id.ts";
import { isCommit } from "./revision.ts";
import { scanBlobs } from "./scan-blobs.ts";
import { scanRefs } from "./scan-refs.ts";
import { scanSnapshot, type SnapshotEntry } from "./scan-snapshot.ts";
import { INDEX_FILE, snapshotStatus } from "./snapshot-status.ts";

/** One commit of a repo in the cache. Sizes are bytes, a blob under two names counted once; times are ms. */
export interface CachedRevision {
  readonly commit: string;
  readonly path: string;
  readonly files: number;
  readonly sizeOnDisk: number;
  /** Whether every file of the commit is here; null when no listing says what there should be. */
  readonly complete: boolean | null;
  readonly lastModifiedAt: number;
}

/** One repo in the cache. `files` and `sizeOnDisk` (bytes) count each blob that some snapshot uses once. */
export interface CachedRepo {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly path: string;
  readonly sizeOnDisk: number;
  readonly files: number;
  /** Unix time in ms, as far as the file system keeps access times; null when there is no file. */
  readonly lastUsedAt: number | null;
  /** Commit by ref name (`main`, `refs/pr/1`). */
  readonly refs: Readonly<Record<string, string>>;
  readonly revisions: readonly CachedRevision[];
  readonly findings: readonly Finding[];
}

/** Looks at one repo folder; never throws for what it finds there. `blobs` gives the size of each used blob by path. */
export async function scanRepo(
  layout: RepoLayout,
): Promise<{ repo: CachedRepo; blobs: ReadonlyMap<string, number> }> {
  const { commits, findings } = await listCommits(layout);
  const revisions: CachedRevision[] = [];
  const used = new Map<string, SnapshotEntry>();
  const wrongSizes = new Map<string, Finding>();
  for (const commit of commits) {
    const snapshot = await scanSnapshot(layout, commit);
    const { revision, wrong } = await describe(layout, commit, snapshot.entries);
    revisions.push(revision);
    findings.push(...snapshot.findings);
    for (const entry of snapshot.entries) used.set(entry.blob, entry);
    for (const finding of wrong) wrongSizes.set(finding.path, finding);
  }
  const { refs, findings: refFindings } = await scanRefs(layout.refsDir, new Set(commits));
  const blobFindings = await scanBlobs(layout, new Set(used.keys()));
  const entries = [...used.values()];
  // The status of a snapshot without a listing reads the index: that is no use of the model.
  const read = entries.filter(({ path }) => path !== INDEX_FILE);
  const repo: CachedRepo = {
    repoId: layout.repoId,
    repoType: layout.repoType,
    path: layout.repoDir,
    sizeOnDisk: sumSizes(entries),
    files: entries.length,
    lastUsedAt: latest(read.map(({ stats }) => stats.atimeMs)) ?? null,
    refs,
    revisions,
    findings: [...findings, ...refFindings, ...blobFindings, ...wrongSizes.values()],
  };
  return { repo, blobs: new Map(entries.map(({ blob, stats }) => [blob, stats.size])) };
}

async function listCommits(
  layout: RepoLayout,
): Promise<{ commits: readonly string[]; findings: Finding[] }> {
  const { entries, findings, exists } = await listFolder(layout.snapshotsDir);
  const commits: string[] = [];
  if (!exists) {
    const message = "There is no snapshots folder, so Python's client ignores the repo.";
    findings.push({ code: "no-snapshots", path: layout.snapshotsDir, message });
  }
  for (const entry of entries) {
    const path = join(layout.snapshotsDir, entry.name);
    if (isLitter(entry.name)) continue;
    if (entry.isSymbolicLink()) {
      const message = "A link lies where a folder belongs; it was not followed.";
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

async function describe(
  layout: RepoLayout,
  commit: string,
  entries: readonly SnapshotEntry[],
): Promise<{ revision: CachedRevision; wrong: readonly Finding[] }> {
  const path = snapshotDir(layout, commit);
  const { status, files } = await snapshotStatus(layout, commit);
  const expected = new Map(files?.map((file) => [file.path, file.size]));
  const wrong = entries.flatMap((entry): Finding[] => {
    const size = expected.get(entry.path) ?? entry.stats.size;
    if (size === entry.stats.size) return [];
    const message = `It has ${entry.stats.size} bytes instead of ${size}.`;
    return [{ code: "wrong-size", path: entry.blob, message }];
  });
  const byBlob = new Map(entries.map((entry) => [entry.blob, entry]));
  const modified = latest(entries.map(({ stats }) => stats.mtimeMs));
  const revision: CachedRevision = {
    commit,
    path,
    files: entries.length,
    sizeOnDisk: sumSizes([...byBlob.values()]),
    complete: status === "unknown" ? null : status === "complete",
    lastModifiedAt: modified ?? (await stat(path).catch(() => undefined))?.mtimeMs ?? 0,
  };
  return { revision, wrong };
}

function sumSizes(entries: readonly SnapshotEntry[]): number {
  return entries.reduce((sum, { stats }) => sum + stats.size, 0);
}

function latest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));
}
