import { CacheError } from "../names/errors.ts";
import { findActiveUse } from "../lock/active-use.ts";
import { checkRoot, type RepoLayout } from "../names/layout.ts";
import type { RepoType } from "../names/repo-id.ts";
import { listRepos } from "../disk/list-repos.ts";
import { scanCache } from "../scan/scan-cache.ts";
import { blobsToFree, makePlan, type PlannedRepo } from "./make-plan.ts";
import { takeInventory, type Inventory, type StoredRevision } from "./inventory.ts";
import {
  keptRevision,
  meets,
  readFilters,
  takesAll,
  whatStays,
  type SelectionRules,
} from "./plan-removal.ts";
import type { KeepReason, KeptRevision, RemovalPlan } from "./removal-plan.ts";
import { sharedUsers } from "../shared/sweep-payloads.ts";

/** A plan that makes the cache small enough, or says by how much it cannot. */
export interface EvictionPlan extends RemovalPlan {
  /** The size of the cache on the disk now, in bytes. */
  readonly sizeOnDisk: number;
  readonly maxBytes: number;
  /**
   * The bytes by which the cache stays above the limit, since the rest is pinned or must stay.
   * Usually 0.
   */
  readonly excessBytes: number;
}

/** A revision that could go. */
export interface EvictableRevision {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly commit: string;
  /** When the newest of its bytes came, Unix time in ms. */
  readonly modifiedAt: number;
}

/**
 * The revisions to remove so that the cache takes at most `maxBytes`: whole revisions, the longest
 * unused first. Uses are the recorded ones. A revision without any counts as used when it arrived
 * or when the file system saw it read. Pins, `keepNewest` and conditions as in `planRemoval`. Models
 * that are loaded or downloaded into stay. Repos on other disks count nothing.
 */
export async function planEviction(
  cacheDir: string,
  options: SelectionRules & {
    readonly maxBytes: number;
    /** The caller's own reasons why a revision stays. Default: none. */
    readonly stays?: ((revision: EvictableRevision) => KeepReason | undefined) | undefined;
  },
): Promise<EvictionPlan> {
  const { maxBytes } = options;
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) {
    throw new CacheError(`${maxBytes} is no size in bytes`, "cache/invalid-filter", {
      hint: "Pass the limit as a whole number of bytes.",
    });
  }
  const root = checkRoot(cacheDir);
  const filters = readFilters(options.where);
  const kept: KeptRevision[] = [];
  const candidates: { inventory: Inventory; revision: StoredRevision }[] = [];
  let elsewhereBytes = 0;
  for (const layout of await listRepos(root)) {
    const inventory = await takeInventory(layout);
    if (inventory.elsewhere) {
      for (const { size } of inventory.blobs.values()) elsewhereBytes += size;
      kept.push(keptRevision(layout, null, "elsewhere"));
      continue;
    }
    const stays = whatStays(inventory, options.keepNewest);
    for (const revision of inventory.revisions) {
      const { repoId, repoType } = layout;
      const { commit, modifiedAt } = revision;
      const reason = stays(commit) ?? options.stays?.({ repoId, repoType, commit, modifiedAt });
      if (reason !== undefined) kept.push(keptRevision(layout, revision.commit, reason));
      else if (await meets(filters, { inventory, revision, isMlx: options.isMlx })) {
        candidates.push({ inventory, revision });
      }
    }
  }
  const sizeOnDisk = Math.max(0, (await scanCache(root)).sizeOnDisk - elsewhereBytes);
  const uses = new Map<string, ReturnType<typeof findActiveUse>>();
  const activeUse = (layout: RepoLayout): ReturnType<typeof findActiveUse> => {
    const found = uses.get(layout.repoDir) ?? findActiveUse(layout);
    uses.set(layout.repoDir, found);
    return found;
  };
  const chosen = new Map<Inventory, StoredRevision[]>();
  const goingBlobs = new Set<string>();
  const freed = new Set<string>();
  let excessBytes = Math.max(0, sizeOnDisk - maxBytes);
  const byUse = candidates.toSorted((a, b) => a.revision.usedAt - b.revision.usedAt);
  for (const { inventory, revision } of byUse) {
    if (excessBytes === 0) break;
    const use = await activeUse(inventory.layout);
    if (use !== undefined) {
      const reason = use.purpose === "use" ? "loaded" : "downloading";
      kept.push(keptRevision(inventory.layout, revision.commit, reason));
      continue;
    }
    if (isHeld(inventory, revision)) {
      kept.push(keptRevision(inventory.layout, revision.commit, "linked"));
      continue;
    }
    const going = [...(chosen.get(inventory) ?? []), revision];
    chosen.set(inventory, going);
    const commits = new Set(going.map(({ commit }) => commit));
    let bytes = 0;
    for (const blob of blobsToFree(inventory, (commit) => commits.has(commit))) {
      if (goingBlobs.has(blob)) continue;
      goingBlobs.add(blob);
      const stored = inventory.blobs.get(blob);
      if (stored === undefined) continue;
      if (stored.payload === undefined) bytes += stored.ownBytes;
      else if (!freed.has(stored.payload)) {
        const users = await sharedUsers(root, stored.payload);
        if (!users?.every((user) => goingBlobs.has(user))) continue;
        freed.add(stored.payload);
        bytes += stored.size;
      }
    }
    excessBytes = Math.max(0, excessBytes - bytes);
  }
  const choices: PlannedRepo[] = [];
  for (const [inventory, revisions] of chosen) {
    const whole = await takesAll(inventory, revisions, { partial: false });
    choices.push({ inventory, revisions, whole });
  }
  const plan = await makePlan(root, choices, { kept, careful: true });
  return { ...plan, sizeOnDisk, maxBytes, excessBytes };
}

/** Whether most of a revision's bytes live on under another name, so that its removal would cost and free nothing. */
function isHeld({ blobs }: Inventory, { files, sizeOnDisk }: StoredRevision): boolean {
  let held = 0;
  for (const blob of new Set(files.map((file) => file.blob))) {
    const { size = 0, ownBytes = 0, payload } = blobs.get(blob) ?? {};
    if (payload === undefined) held += size - ownBytes;
  }
  return held > sizeOnDisk / 2;
}
