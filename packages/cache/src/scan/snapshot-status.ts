import { absentShards } from "./absent-shards.ts";
import { inspectFiles } from "./inspect-files.ts";
import { isUnread } from "../names/unread.ts";
import { snapshotPath, type RepoLayout } from "../names/layout.ts";
import { readSmallFileSync } from "../disk/read-small-file.ts";
import { scanSnapshot, type SnapshotScan } from "./scan-snapshot.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import { readTreeRecordSync } from "../records/tree-record.ts";

/** How much of a snapshot is on this disk. */
export interface SnapshotStatus {
  /**
   * `unknown`: nothing is known to be missing, but no listing tells which files there should be.
   */
  readonly status: "complete" | "incomplete" | "unknown";
  /** Paths known to be missing, truncated or dangling, among the selected ones. */
  readonly missing: readonly string[];
  /** The full listing of the commit, where there is one. */
  readonly files: readonly SnapshotFile[] | undefined;
}

/** Chooses files. Without a listing their size is unknown and passed as 0. */
type Select = (file: { path: string; size: number }) => boolean;

const MAX_INDEX_BYTES = 64 << 20;

/**
 * Whether the selected files (default: all) of a snapshot are here, by names and lengths only,
 * without network. The expected files come from `listing` (the Hub's, for example), otherwise from
 * the recorded one. Without any, a dangling link makes it `incomplete`, and so does a missing shard
 * that an index or a series of shards names. `select` then sees such a file with size 0, since its
 * size is unknown. A commit with no snapshot folder is `incomplete`. Throws
 * `cache/invalid-revision`.
 */
export async function snapshotStatus(
  layout: RepoLayout,
  commit: string,
  options: {
    select?: Select | undefined;
    listing?: readonly SnapshotFile[] | undefined;
  } = {},
): Promise<SnapshotStatus> {
  const select = options.select ?? (() => true);
  const files = options.listing ?? readTreeRecordSync(layout, commit);
  if (files === undefined) return guess(layout, commit, select);
  const selected = files.filter(({ path, size }) => select({ path, size }));
  const states = await inspectFiles(layout, commit, selected);
  const missing = selected.map(({ path }) => path).filter((path) => states.get(path) !== "present");
  // Whoever selects asks for these files; else a model without its card is a whole model.
  const lacks = options.select === undefined ? lacksSome(layout, missing) : missing.length > 0;
  return { status: lacks ? "incomplete" : "complete", missing, files };
}

/**
 * The status of a whole snapshot from the scan of its folder, without another disk access for each
 * file.
 */
export function statusOfScan(
  layout: RepoLayout,
  commit: string,
  snapshot: SnapshotScan,
): SnapshotStatus {
  const files = readTreeRecordSync(layout, commit);
  const here = new Map(snapshot.entries.map(({ path, stats }) => [path, stats.size]));
  if (files === undefined) {
    const missing = amiss(layout, commit, snapshot);
    return { status: missing.length === 0 ? "unknown" : "incomplete", missing, files };
  }
  const missing = files.filter((file) => here.get(file.path) !== file.size).map(({ path }) => path);
  return { status: lacksSome(layout, missing) ? "incomplete" : "complete", missing, files };
}

/** Whether one of the missing files is one that a loader reads. */
function lacksSome({ repoType }: RepoLayout, missing: readonly string[]): boolean {
  return missing.some((path) => !isUnread(path, repoType));
}

function guess(layout: RepoLayout, commit: string, select: Select): SnapshotStatus {
  const snapshot = scanSnapshot(layout, commit);
  if (!snapshot.exists) return { status: "incomplete", missing: [], files: undefined };
  const missing = amiss(layout, commit, snapshot).filter((path) => select({ path, size: 0 }));
  return { status: missing.length === 0 ? "unknown" : "incomplete", missing, files: undefined };
}

/**
 * Files that a snapshot without a listing lacks for certain: content of links, and weights that its
 * other files name.
 */
export function amiss(
  layout: RepoLayout,
  commit: string,
  { entries, dangling }: SnapshotScan,
): readonly string[] {
  const here = new Set(entries.map(({ path }) => path));
  const shards = absentShards(here, (path) =>
    readSmallFileSync(snapshotPath(layout, commit, path), MAX_INDEX_BYTES),
  );
  return [...new Set([...dangling, ...shards])].toSorted();
}
