import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { inBatches } from "./in-batches.ts";
import { inspectFiles } from "./inspect-files.ts";
import { snapshotDir, snapshotPath, type RepoLayout } from "./layout.ts";
import { readSmallFile } from "./read-small-file.ts";
import { checkRepoPath } from "./repo-path.ts";
import type { SnapshotFile } from "./snapshot-file.ts";
import { readTreeRecord } from "./tree-record.ts";

/** How much of a snapshot is on this disk. */
export interface SnapshotStatus {
  /** `unknown`: nothing is known to be missing, but no listing says what there should be. */
  readonly status: "complete" | "incomplete" | "unknown";
  /** Paths known to be missing, truncated or dangling, among the selected ones. */
  readonly missing: readonly string[];
  /** The full listing of the commit, where one is recorded. */
  readonly files: readonly SnapshotFile[] | undefined;
}

/** Names the shards of a sharded safetensors model. */
export const INDEX_FILE = "model.safetensors.index.json";
const MAX_INDEX_BYTES = 64 << 20;

/**
 * Whether the selected files (default: all) of a snapshot are here, by names and lengths only, without network. Without
 * a recorded listing, a dangling link or a shard that the safetensors index names and that is absent makes it
 * `incomplete`; there `select` sees such a file with size 0, since its size is not known. A commit with no snapshot
 * folder is `incomplete`. Throws `cache/invalid-revision`.
 */
export async function snapshotStatus(
  layout: RepoLayout,
  commit: string,
  options: { select?: ((file: { path: string; size: number }) => boolean) | undefined } = {},
): Promise<SnapshotStatus> {
  const select = options.select ?? (() => true);
  const files = await readTreeRecord(layout, commit);
  if (files === undefined) return await guess(layout, commit, select);
  const selected = files.filter(({ path, size }) => select({ path, size }));
  const states = await inspectFiles(layout, commit, selected);
  const missing = selected.map(({ path }) => path).filter((path) => states.get(path) !== "present");
  return { status: missing.length === 0 ? "complete" : "incomplete", missing, files };
}

async function guess(
  layout: RepoLayout,
  commit: string,
  select: (file: { path: string; size: number }) => boolean,
): Promise<SnapshotStatus> {
  const directory = snapshotDir(layout, commit);
  const links = await findLinks(directory);
  if (links === undefined) return { status: "incomplete", missing: [], files: undefined };
  const shards = (await readShards(layout, commit)).map((path) => ({
    path,
    file: snapshotPath(layout, commit, path),
  }));
  const wanted = [...links, ...shards].filter(({ path }) => select({ path, size: 0 }));
  const absent = await inBatches(wanted, async ({ path, file }) =>
    (await stat(file).catch(() => undefined)) === undefined ? path : undefined,
  );
  const missing = [...new Set(absent.filter((path) => path !== undefined))].toSorted();
  return { status: missing.length === 0 ? "unknown" : "incomplete", missing, files: undefined };
}

async function findLinks(
  directory: string,
): Promise<readonly { path: string; file: string }[] | undefined> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    () => undefined,
  );
  return entries
    ?.filter((entry) => entry.isSymbolicLink())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { file, path: file.slice(directory.length + 1).replaceAll("\\", "/") };
    });
}

async function readShards(layout: RepoLayout, commit: string): Promise<readonly string[]> {
  const text = await readSmallFile(snapshotPath(layout, commit, INDEX_FILE), MAX_INDEX_BYTES);
  if (text === undefined) return [];
  try {
    const index: unknown = JSON.parse(text);
    if (typeof index !== "object" || index === null || !("weight_map" in index)) return [];
    const names = Object.values(index.weight_map ?? {});
    return [...new Set(names)].filter((name) => typeof name === "string").filter(isSafe);
  } catch {
    return [];
  }
}

function isSafe(path: string): boolean {
  try {
    return checkRepoPath(path) === path;
  } catch {
    return false;
  }
}
