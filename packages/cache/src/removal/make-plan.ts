import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { folderSize } from "../disk/folder-size.ts";
import { listViews } from "../records/view-record.ts";
import type { Inventory, StoredRevision } from "./inventory.ts";
import type { KeptRevision, Leftover, RemovalPlan, RepoRemoval } from "./removal-plan.ts";
import { sharedUsers } from "../shared/sweep-payloads.ts";

/** The choice for one repo. */
export interface PlannedRepo {
  readonly inventory: Inventory;
  /** Snapshots that go. */
  readonly revisions: readonly StoredRevision[];
  /** Entries of other snapshots that go. */
  readonly files?: readonly { readonly commit: string; readonly path: string }[] | undefined;
  readonly leftovers?: readonly Leftover[] | undefined;
  /** The repo's folder goes with all that is in it. */
  readonly whole: boolean;
}

/**
 * The blobs that only removed files lead to. Empty when some files that may lead to them could not
 * be read.
 */
export function blobsToFree(
  { revisions, strangers, uncertain }: Inventory,
  goes: (commit: string, path: string) => boolean,
): ReadonlySet<string> {
  const going = new Set<string>();
  const staying = new Set(strangers);
  if (uncertain) return going; // still empty
  for (const { commit, files } of revisions) {
    for (const { path, blob } of files) (goes(commit, path) ? going : staying).add(blob);
  }
  return new Set([...going].filter((blob) => !staying.has(blob)));
}

/**
 * Adds up the bytes that choices free and makes them a plan. Reads folders and lists of shared
 * payloads, no content.
 */
export async function makePlan(
  cacheDir: string,
  choices: readonly PlannedRepo[],
  options: { kept: readonly KeptRevision[]; careful: boolean; orphans?: readonly Leftover[] },
): Promise<RemovalPlan> {
  const repos: RepoRemoval[] = [];
  const goingBlobs = new Set<string>();
  const payloads = new Map<string, number>();
  for (const choice of choices) {
    const { inventory, revisions, files = [], leftovers = [], whole } = choice;
    const { layout } = inventory;
    const commits = new Set(revisions.map(({ commit }) => commit));
    const single = new Set(files.map(({ commit, path }) => join(commit, path)));
    const blobs = blobsToFree(
      inventory,
      (commit, path) => commits.has(commit) || single.has(join(commit, path)),
    );
    // Of a repo whose folder is a link only that link goes, and its payloads keep their user.
    const linkOnly = whole && inventory.elsewhere;
    let [own, held] = [0, 0];
    for (const blob of linkOnly ? [] : blobs) {
      const stored = inventory.blobs.get(blob);
      if (stored === undefined) continue;
      goingBlobs.add(blob);
      own += stored.ownBytes;
      if (stored.payload !== undefined) payloads.set(stored.payload, stored.size);
      else held += stored.size - stored.ownBytes;
    }
    const extra = leftovers.reduce((sum, { size }) => sum + size, 0);
    const freedBytes = linkOnly ? 0 : whole ? await folderSize(layout.repoDir) : own + extra;
    repos.push({
      repoId: layout.repoId,
      repoType: layout.repoType,
      path: layout.repoDir,
      whole,
      elsewhere: inventory.elsewhere
        ? await realpath(layout.repoDir).catch(() => layout.repoDir)
        : null,
      revisions: revisions.map(({ commit, refs, sizeOnDisk, usedAt }) => ({
        commit,
        refs,
        sizeOnDisk,
        usedAt,
      })),
      files,
      leftovers,
      freedBytes,
      heldBytes: held,
      views: (await listViews(layout)).filter(({ commit }) => whole || commits.has(commit)),
    });
  }
  const orphans = [
    ...(options.orphans ?? []),
    ...(await freedPayloads(cacheDir, payloads, goingBlobs)),
  ];
  const all = [...repos.map(({ freedBytes }) => freedBytes), ...orphans.map(({ size }) => size)];
  return {
    cacheDir,
    repos,
    kept: options.kept,
    payloads: orphans,
    freedBytes: all.reduce((sum, bytes) => sum + bytes, 0),
    careful: options.careful,
  };
}

async function freedPayloads(
  cacheDir: string,
  payloads: ReadonlyMap<string, number>,
  going: ReadonlySet<string>,
): Promise<readonly Leftover[]> {
  const freed: Leftover[] = [];
  for (const [path, size] of payloads) {
    const users = await sharedUsers(cacheDir, path);
    if (users?.every((user) => going.has(user))) freed.push({ path, size });
  }
  return freed;
}
