import { readFile } from "node:fs/promises";
import type { Pin } from "@mlx-download/cache";
import type { ModelDownloadError, SnapshotLook } from "@mlx-download/core";
import type { ChangeClass } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { readToken } from "../account/read-token.ts";
import { hubCacheOf } from "../cache/target.ts";
import { requireHub } from "./require-hub.ts";

/** A model of the cache whose branch has moved on. */
export interface OutdatedModel {
  readonly repoId: string;
  readonly revision: string;
  /** Commits. */
  readonly here: string;
  readonly upstream: string;
  /** ISO 8601, as the Hub reports it. Null when it does not. */
  readonly changedAt: string | null;
  /** Null when the listing of the local version is no longer known. */
  readonly changes: readonly ChangeClass[] | null;
  readonly bytesToFetch: number;
  readonly pinned: boolean;
  /** The lock file of the project in this folder holds the model at the local commit. */
  readonly locked: boolean;
}

/** A model that could not be compared. */
export interface Uncompared {
  readonly repoId: string;
  readonly revision: string;
  readonly code: string;
  readonly message: string;
}

/** A branch of a repo in the cache, and where it points. */
interface Branch {
  readonly repoId: string;
  readonly revision: string;
  readonly here: string;
}

const CONCURRENCY = 4;
const texts = ["config.json", "tokenizer_config.json"];
/** Errors that concern one repo. Any other error ends the command. */
const OF_ONE =
  /^(?:hub\/(?:repo-not-found|revision-not-found|gated|forbidden|disabled|unsafe-tree)|select\/)/;

/**
 * Compares the branches in the cache with those on the Hub. `wanted` (repo ids) limits the repos if
 * it is not empty.
 */
export async function findOutdated(
  wanted: readonly string[],
  flags: Flags,
  shell: Shell,
): Promise<{
  readonly models: readonly OutdatedModel[];
  readonly failed: readonly Uncompared[];
  readonly compared: number;
}> {
  const [core, { listPins }, { diffSnapshots }, cacheDir, token] = await Promise.all([
    import("@mlx-download/core"),
    import("@mlx-download/cache"),
    import("@mlx-download/registry"),
    hubCacheOf(flags, shell),
    readToken(flags, shell),
  ]);
  const options = {
    cacheDir,
    endpoint: flags.endpoint,
    ...token,
    env: shell.env,
    signal: shell.interrupt.signal,
    onEvent: hubNotices(flags, shell),
  };
  const [branches, pins, lockedCommits] = await Promise.all([
    branchesOf(cacheDir, wanted),
    listPins(cacheDir),
    readLockedCommits(),
  ]);
  const list = await core.openModelList({
    endpoint: flags.endpoint,
    ...token,
    env: shell.env,
    fields: [],
  });
  const models: OutdatedModel[] = [];
  const failed: Uncompared[] = [];

  async function compare({ repoId, revision, here }: Branch): Promise<void> {
    const to = await core.lookAtSnapshot({ repoId, revision }, { ...options, texts });
    await requireHub(to);
    if (to.commit === here) return;
    const at = (commit: string): { repoId: string; revision: string } => ({
      repoId,
      revision: commit,
    });
    // The listing of the local version comes from the cache, or from the Hub while it still has the
    // commit.
    const from: SnapshotLook | undefined = await core
      .lookAtSnapshot(at(here), { ...options, texts, offline: true })
      .catch(() => core.lookAtSnapshot(at(here), { ...options, texts }))
      .catch(() => undefined);
    const [plan, listed] = await Promise.all([
      core.planModel(at(to.commit), options),
      list.findModel(repoId, { signal: shell.interrupt.signal }),
    ]);
    models.push({
      repoId,
      revision,
      here,
      upstream: to.commit,
      changedAt: revision === "main" ? lastModified(listed) : null,
      changes: from ? diffSnapshots(from, to).changes : null,
      bytesToFetch: plan.bytes.toFetch,
      pinned: pins.some((pin) => isPinned(pin, { repoId, revision, here })),
      locked: lockedCommits.has(`${repoId}@${here}`),
    });
  }

  const queue = [...branches];
  const worker = async (): Promise<void> => {
    for (let branch = queue.shift(); branch; branch = queue.shift()) {
      const { repoId, revision } = branch;
      try {
        await compare(branch);
      } catch (error) {
        if (!isOfOne(error)) throw error;
        failed.push({ repoId, revision, code: error.code, message: error.message });
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  } finally {
    await list.close();
  }
  const byName = (a: { repoId: string }, b: { repoId: string }): number =>
    a.repoId < b.repoId ? -1 : 1;
  return {
    models: models.toSorted(byName),
    failed: failed.toSorted(byName),
    compared: branches.length,
  };
}

/**
 * The branches that downloads moved: not commits, pull requests, or refs that keep a pinned commit.
 */
async function branchesOf(cacheDir: string, wanted: readonly string[]): Promise<readonly Branch[]> {
  const { scanRepos } = await import("@mlx-download/cache");
  const asked = new Set(wanted.map((repoId) => repoId.toLowerCase()));
  const branches: Branch[] = [];
  for await (const { repoId, repoType, refs, revisions } of scanRepos(cacheDir)) {
    if (repoType !== "model" || (asked.size > 0 && !asked.has(repoId.toLowerCase()))) continue;
    for (const [revision, here] of Object.entries(refs)) {
      const isBranch = !/^(?:refs\/|pinned\/|[0-9a-f]{40}$)/.test(revision);
      // A lookup leaves a ref without its snapshot.
      if (isBranch && revisions.some(({ commit }) => commit === here)) {
        branches.push({ repoId, revision, here });
      }
    }
  }
  return branches;
}

const isPinned = (pin: Pin, { repoId, revision, here }: Branch): boolean =>
  pin.repoId === repoId && (pin.revision === revision || pin.commit === here);

/**
 * `repo@commit` for each model locked by the project in this folder. A lock file that cannot be
 * read locks nothing.
 */
async function readLockedCommits(): Promise<ReadonlySet<string>> {
  const { LOCK_FILE, parseLock } = await import("@mlx-download/registry");
  try {
    const { models } = parseLock(await readFile(LOCK_FILE, "utf8"));
    return new Set([...models.values()].map(({ repoId, commit }) => `${repoId}@${commit}`));
  } catch {
    return new Set();
  }
}

function lastModified(listed: unknown): string | null {
  if (typeof listed !== "object" || listed === null || !("lastModified" in listed)) return null;
  const at = Date.parse(String(listed.lastModified));
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

function isOfOne(error: unknown): error is ModelDownloadError {
  return error instanceof Error && "code" in error && OF_ONE.test(String(error.code));
}
