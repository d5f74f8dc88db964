import { join } from "node:path";
import type { Pin } from "@mlx-download/cache";
import type { UpdatePlan } from "@mlx-download/core";
import type { ChangeClass } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { readToken } from "../account/read-token.ts";
import { type CacheTarget, hubCacheOf } from "../cache/target.ts";
import { readLockedCommits } from "./locked-commits.ts";
import { movedAt } from "./moved-at.ts";

/** A branch of the cache that is not at the Hub's commit. */
export interface OutdatedBranch {
  readonly update: UpdatePlan;
  /** ISO 8601, as the Hub reports it. Null when it does not. */
  readonly changedAt: string | null;
  /** Null when the listing of the local version is no longer known. */
  readonly changes: readonly ChangeClass[] | null;
  /** Its commit is pinned, or the branch itself. */
  readonly pinned: boolean;
  /** The commit is pinned by itself: an update would leave it behind. */
  readonly commitPinned: boolean;
  /** The lock file of the project in this folder holds the model at the local commit. */
  readonly locked: boolean;
}

/** A branch that could not be compared. */
export interface UncomparedBranch {
  readonly repoId: string;
  readonly revision: string;
  readonly error: Error & { readonly code: string };
}

/** A branch of a repo in the cache, and where it points. */
interface Branch {
  readonly repoId: string;
  readonly revision: string;
  readonly here: string;
  /** When the branch was moved there, in ms since 1970. */
  readonly since: number;
}

const CONCURRENCY = 4;
/** Errors that concern one repo. Any other error ends the command. */
const OF_ONE =
  /^(?:hub\/(?:repo-not-found|revision-not-found|gated|forbidden|disabled|unsafe-tree)|select\/|cache\/not-found$)/;

/** Compares the branches in the cache with those on the Hub. `wanted` limits them if it is not empty. */
export async function findUpdates(
  wanted: readonly CacheTarget[],
  flags: Flags,
  shell: Shell,
): Promise<{
  readonly outdated: readonly OutdatedBranch[];
  readonly failed: readonly UncomparedBranch[];
  readonly compared: number;
}> {
  const [core, { listPins, notInCache, repoLayout }, { diffSnapshots }, cacheDir, token] =
    await Promise.all([
      import("@mlx-download/core"),
      import("@mlx-download/cache"),
      import("@mlx-download/registry"),
      hubCacheOf(flags, shell),
      readToken(flags, shell),
    ]);
  const { signal } = shell.interrupt;
  const hub = { endpoint: flags.endpoint, ...token, env: shell.env };
  const options = { ...hub, cacheDir, signal, onEvent: hubNotices(flags, shell) };
  const [branches, pins, lockedCommits] = await Promise.all([
    branchesOf(cacheDir, wanted),
    listPins(cacheDir),
    readLockedCommits(),
  ]);
  const list = await core.openModelList({ ...hub, fields: [] });
  const outdated: OutdatedBranch[] = [];
  const failed: UncomparedBranch[] = [];

  async function compare(branch: Branch): Promise<void> {
    const { repoId, revision } = branch;
    const update = await core.planUpdate({ repoId, revision }, options);
    if (update === undefined) return;
    const { before, after } = update;
    const isMain = revision === "main";
    const pinsOf = (pin: Pin): boolean => pin.repoId === repoId;
    outdated.push({
      update,
      changedAt: isMain ? lastModified(await list.findModel(repoId, { signal })) : null,
      changes: before ? diffSnapshots(before, after).changes : null,
      pinned: pins.some((pin) => pinsOf(pin) && [revision, update.from].includes(pin.revision)),
      commitPinned: pins.some((pin) => pinsOf(pin) && pin.revision === update.from),
      locked: lockedCommits.has(`${repoId}@${update.from}`),
    });
  }

  for (const { repoId, repoType, revision } of wanted) {
    const isIt = (one: Branch): boolean => one.repoId.toLowerCase() === repoId.toLowerCase();
    if (branches.some((one) => isIt(one) && (revision ?? one.revision) === one.revision)) continue;
    const error = notInCache(repoLayout(cacheDir, repoId, repoType), revision);
    failed.push({ repoId, revision: revision ?? "main", error });
  }
  for (const { repoId, revision, here, since } of branches) {
    shell.record.version({ repoId, revision, commit: here, how: "found", since });
  }
  const compareOne = async (branch: Branch, stop: AbortSignal): Promise<void> => {
    try {
      await compare(branch);
    } catch (error) {
      stop.throwIfAborted();
      if (!isOfOne(error)) throw error;
      const { repoId, revision } = branch;
      failed.push({ repoId, revision, error });
    }
  };
  try {
    const { forEachInLanes } = await import("@mlx-download/cache/writing");
    await forEachInLanes(branches, compareOne, { atOnce: CONCURRENCY, signal });
  } finally {
    await list.close();
  }
  return {
    outdated: outdated.toSorted((a, b) => byName(a.update, b.update)),
    failed: failed.toSorted(byName),
    compared: branches.length,
  };
}

function byName(
  a: { readonly repoId: string; readonly revision: string },
  b: { readonly repoId: string; readonly revision: string },
): number {
  const [left, right] = [a, b].map(({ repoId, revision }) => `${repoId}@${revision}`);
  return (left ?? "") < (right ?? "") ? -1 : 1;
}

/**
 * The branches that downloads moved: not commits, pull requests, or refs that keep a pinned commit. Those that were
 * named are among them in any case.
 */
async function branchesOf(
  cacheDir: string,
  wanted: readonly CacheTarget[],
): Promise<readonly Branch[]> {
  const { scanRepos } = await import("@mlx-download/cache");
  const isWanted = (repoId: string, revision?: string): boolean =>
    wanted.length === 0 ||
    wanted.some(
      (one) =>
        one.repoId.toLowerCase() === repoId.toLowerCase() &&
        (revision === undefined || one.revision === undefined || one.revision === revision),
    );
  const branches: Branch[] = [];
  for await (const { repoId, repoType, path, refs, revisions } of scanRepos(cacheDir)) {
    if (repoType !== "model" || !isWanted(repoId)) continue;
    for (const [revision, here] of Object.entries(refs)) {
      const isBranch = !/^(?:refs\/|pinned\/|[0-9a-f]{40}$)/.test(revision);
      // A lookup leaves a ref without its snapshot.
      const hasSnapshot = revisions.some(({ commit }) => commit === here);
      if (isBranch && hasSnapshot && isWanted(repoId, revision)) {
        const since = await movedAt(join(path, "refs", revision));
        branches.push({ repoId, revision, here, since });
      }
    }
  }
  return branches;
}

function lastModified(listed: unknown): string | null {
  if (typeof listed !== "object" || listed === null || !("lastModified" in listed)) return null;
  const at = Date.parse(String(listed.lastModified));
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

function isOfOne(error: unknown): error is UncomparedBranch["error"] {
  return error instanceof Error && "code" in error && OF_ONE.test(String(error.code));
}
