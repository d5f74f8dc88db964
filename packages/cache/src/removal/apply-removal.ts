import { XET_RECORD_END } from "../records/xet-record.ts";
import { randomBytes } from "node:crypto";
import { lstat, rename, rm, rmdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { findActiveUse } from "../lock/active-use.ts";
import { discard } from "../disk/durable-file.ts";
import { errnoOf } from "../disk/errno.ts";
import { fsError } from "../disk/fs-error.ts";
import { guardListener } from "../events/guard-listener.ts";
import { repoLayout, snapshotPath, treePath, type RepoLayout } from "../names/layout.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { removeRepoFolder } from "./remove-repo.ts";
import { withRepoLock } from "../lock/repo-lock.ts";
import type { RepoType } from "../names/repo-id.ts";
import { forgetUse } from "../records/use-record.ts";
import { blobsToFree } from "./make-plan.ts";
import { pinnedCommits, takeInventory, type Inventory } from "./inventory.ts";
import { absentDir } from "./plan-prune.ts";
import { keptRevision } from "./plan-removal.ts";
import type { KeptRevision, RemovalPlan, RepoRemoval } from "./removal-plan.ts";
import { sweepPayload } from "../shared/sweep-payloads.ts";

/** The removed parts of one repo. */
export interface RemovedRepo {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly whole: boolean;
  readonly commits: readonly string[];
  readonly files: readonly { readonly commit: string; readonly path: string }[];
  readonly freedBytes: number;
}

/** The result of a removal. */
export interface RemovalResult {
  readonly removed: readonly RemovedRepo[];
  /**
   * Revisions that the plan left out, and those that turned out to be needed during the removal.
   */
  readonly kept: readonly KeptRevision[];
  /** With the shared store's. */
  readonly freedBytes: number;
}

/** The events of a removal. */
export type RemovalEvent =
  | { readonly type: "removing"; readonly repoId: string; readonly whole: boolean }
  | { readonly type: "removed"; readonly repoId: string; readonly freedBytes: number };

/**
 * Carries out a plan, one repo after the other, and checks each again first. Newly pinned revisions
 * stay. A repo with a download in progress stays whole. A blob is removed only when no snapshot
 * leads to it. Only first hops are removed. Payloads of the shared store follow its own protocol. A
 * crash at any point leaves no ref to missing files. Throws `cache/not-writable`, `cache/locked`,
 * and the signal's reason.
 */
export async function applyRemoval(
  plan: RemovalPlan,
  options: {
    readonly signal?: AbortSignal | undefined;
    /** Errors thrown by the listener are ignored. */
    readonly onEvent?: ((event: RemovalEvent) => void) | undefined;
  } = {},
): Promise<RemovalResult> {
  const { signal } = options;
  const emit = guardListener(options.onEvent);
  const removed: RemovedRepo[] = [];
  const kept = [...plan.kept];
  const payloads = new Set(plan.payloads.map(({ path }) => path));
  for (const repo of plan.repos) {
    signal?.throwIfAborted();
    const layout = repoLayout(plan.cacheDir, repo.repoId, repo.repoType);
    if (!(await isThere(layout)) && repo.leftovers.length === 0) continue;
    emit({ type: "removing", repoId: repo.repoId, whole: repo.whole });
    const done = await withRepoLock(
      layout,
      async () => await removeOne(layout, repo, { careful: plan.careful, kept, payloads }),
      { signal },
    );
    if (done === undefined) continue;
    removed.push(done);
    emit({ type: "removed", repoId: repo.repoId, freedBytes: done.freedBytes });
  }
  let freedBytes = removed.reduce((sum, repo) => sum + repo.freedBytes, 0);
  for (const payload of payloads) freedBytes += await sweepPayload(plan.cacheDir, payload);
  return { removed, kept, freedBytes };
}

async function isThere({ repoDir }: RepoLayout): Promise<boolean> {
  return (await lstat(repoDir).catch(() => undefined)) !== undefined;
}

async function removeOne(
  layout: RepoLayout,
  repo: RepoRemoval,
  context: { careful: boolean; kept: KeptRevision[]; payloads: Set<string> },
): Promise<RemovedRepo | undefined> {
  const { kept, payloads } = context;
  // Another removal took it while this one waited for its turn. Only its locks are left.
  if (repo.whole && !(await isThere(layout))) {
    await removeRepoFolder(layout);
    return undefined;
  }
  const active = await findActiveUse(layout);
  if (active !== undefined) {
    kept.push(keptRevision(layout, null, active.purpose === "use" ? "loaded" : "downloading"));
    return undefined;
  }
  const inventory = await takeInventory(layout);
  const planned = new Map(repo.revisions.map((revision) => [revision.commit, revision]));
  const pinned = pinnedCommits(inventory);
  const going = inventory.revisions.filter(({ commit, refs, usedAt, useRecorded }) => {
    const then = planned.get(commit);
    if (then === undefined) return false;
    const used = useRecorded && usedAt > then.usedAt;
    const changed = context.careful && (used || refs.length > then.refs.length);
    const reason = pinned.has(commit) ? "pinned" : changed ? "used" : undefined;
    if (reason !== undefined) kept.push(keptRevision(layout, commit, reason));
    return reason === undefined;
  });
  const { repoId, repoType } = layout;
  const all = inventory.pins.length === 0 && going.length === inventory.revisions.length;
  try {
    if (repo.whole && all) {
      if (!inventory.elsewhere)
        for (const blob of inventory.blobs.values()) addPayload(payloads, blob);
      const freedBytes = await removeRepoFolder(layout);
      const commits = going.map(({ commit }) => commit);
      return { repoId, repoType, whole: true, commits, files: [], freedBytes };
    }
    const commits = new Set(going.map(({ commit }) => commit));
    const files = repo.files.filter(({ commit }) => !pinned.has(commit) && !commits.has(commit));
    for (const { commit } of repo.files.filter((file) => pinned.has(file.commit))) {
      if (!kept.some((one) => one.commit === commit))
        kept.push(keptRevision(layout, commit, "pinned"));
    }
    let freedBytes = await removeSnapshots(inventory, { commits, files, payloads });
    for (const { path, size } of repo.leftovers) {
      if (inventory.uncertain || inventory.blobs.has(path)) continue; // something leads to it now
      if (await gone(path)) freedBytes += size;
    }
    return { repoId, repoType, whole: false, commits: [...commits], files, freedBytes };
  } catch (error) {
    throw fsError(error, layout.repoDir);
  }
}

/** Refs first, then each snapshot in one step, then the files that only they needed. */
async function removeSnapshots(
  inventory: Inventory,
  what: {
    commits: ReadonlySet<string>;
    files: readonly { readonly commit: string; readonly path: string }[];
    payloads: Set<string>;
  },
): Promise<number> {
  const { layout } = inventory;
  const { commits, files, payloads } = what;
  const single = new Set(files.map(({ commit, path }) => join(commit, path)));
  const blobs = blobsToFree(
    inventory,
    (commit, path) => commits.has(commit) || single.has(join(commit, path)),
  );
  const trash: string[] = [];
  for (const { commit, path, refs } of inventory.revisions) {
    if (!commits.has(commit)) continue;
    for (const ref of refs) await unlinkIfThere(join(layout.refsDir, ref));
    await ensureDirectory(layout.repoDir, layout.partialDir);
    const aside = join(layout.partialDir, `${randomBytes(8).toString("hex")}.gone`);
    await rename(path, aside);
    trash.push(aside);
    await discard(treePath(layout, commit));
    await rm(join(absentDir(layout), commit), { recursive: true, force: true });
    await forgetUse(layout, commit);
  }
  for (const { commit, path } of files) await removeEntry(layout, commit, path);
  let freedBytes = 0;
  for (const blob of blobs) {
    const stored = inventory.blobs.get(blob);
    // Another program linked to files outside the repo. They are not ours to remove.
    if (stored === undefined || !blob.startsWith(join(layout.repoDir, "/"))) continue;
    if (dirname(blob) === layout.blobsDir) {
      await unlinkIfThere(blob);
      await discard(join(layout.locksDir, `${basename(blob)}.lock`));
      await discard(join(layout.proofsDir, basename(blob)));
      await discard(join(layout.proofsDir, basename(blob) + XET_RECORD_END));
    }
    addPayload(payloads, stored);
    freedBytes += stored.ownBytes;
  }
  for (const path of trash) await rm(path, { recursive: true, force: true });
  return freedBytes;
}

function addPayload(payloads: Set<string>, { payload }: { payload: string | undefined }): void {
  if (payload !== undefined) payloads.add(payload);
}

async function removeEntry(layout: RepoLayout, commit: string, path: string): Promise<void> {
  const entry = snapshotPath(layout, commit, path);
  await unlinkIfThere(entry);
  // Folders that are empty now go too, up to the snapshot's own.
  for (let folder = dirname(entry); folder !== dirname(snapshotPath(layout, commit, "x"));) {
    if (
      !(await rmdir(folder).then(
        () => true,
        () => false,
      ))
    )
      break;
    folder = dirname(folder);
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

async function gone(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return false;
  await rm(path, { recursive: true, force: true });
  return true;
}
