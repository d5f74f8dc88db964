import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isTemp } from "../disk/durable-file.ts";
import { isLitter } from "../names/litter.ts";
import { folderSize } from "../disk/folder-size.ts";
import { checkRoot, repoLayout, type RepoLayout } from "../names/layout.ts";
import { listRepos } from "../disk/list-repos.ts";
import { parseRepoFolderName } from "../names/repo-id.ts";
import { isBlobLock } from "../scan/scan-blobs.ts";
import { makePlan, type PlannedRepo } from "./make-plan.ts";
import { takeInventory, type Inventory } from "./inventory.ts";
import { isShell } from "./is-shell.ts";
import {
  keptRevision,
  meets,
  readFilters,
  takesAll,
  whatStays,
  type SelectionRules,
} from "./plan-removal.ts";
import type { EvictableRevision } from "./plan-eviction.ts";
import type { KeepReason, KeptRevision, Leftover, RemovalPlan } from "./removal-plan.ts";
import { orphanedPayloads } from "../shared/sweep-payloads.ts";

const DAY_MS = 86_400_000;
/** Data that can be resumed would cost a download to replace. */
const PARTIAL_GRACE_MS = 7 * DAY_MS;
/** Data that cannot be resumed is kept only as long as its writer may be at work. */
const TEMP_GRACE_MS = DAY_MS;

/**
 * Unused data: revisions without a ref (as `hf cache prune` removes them, but not pinned ones),
 * unfinished data that was not touched for a week, temporary files and blobs of no snapshot that
 * are a day old, quarantined data of any age, repo folders with nothing else left, and payloads of
 * the shared store that no repo leads to. `graceMs` replaces all times.
 */
export async function planPrune(
  cacheDir: string,
  options: SelectionRules & {
    readonly graceMs?: number | undefined;
    /** The caller's own reasons why a revision stays. Default: none. */
    readonly stays?: ((revision: EvictableRevision) => KeepReason | undefined) | undefined;
  } = {},
): Promise<RemovalPlan> {
  const root = checkRoot(cacheDir);
  const filters = readFilters(options.where);
  const kept: KeptRevision[] = [];
  const choices: PlannedRepo[] = [];
  for (const layout of await listRepos(root)) {
    const inventory = await takeInventory(layout);
    if (inventory.elsewhere) {
      kept.push(keptRevision(layout, null, "elsewhere"));
      continue;
    }
    const stays = whatStays(inventory, options.keepNewest);
    const revisions = [];
    for (const revision of inventory.revisions.filter(({ refs }) => refs.length === 0)) {
      if (!(await meets(filters, { inventory, revision, isMlx: options.isMlx }))) continue;
      const { repoId, repoType } = layout;
      const { commit, modifiedAt } = revision;
      const reason = stays(commit) ?? options.stays?.({ repoId, repoType, commit, modifiedAt });
      if (reason === undefined) revisions.push(revision);
      else kept.push(keptRevision(layout, revision.commit, reason));
    }
    const leftovers = filters.length > 0 ? [] : await findLeftovers(inventory, options.graceMs);
    if (
      filters.length === 0 &&
      (await isShell(inventory, leftovers, options.graceMs ?? TEMP_GRACE_MS))
    ) {
      choices.push({ inventory, revisions, whole: true });
    } else if (revisions.length + leftovers.length > 0) {
      const whole =
        revisions.length > 0 && (await takesAll(inventory, revisions, { partial: false }));
      choices.push({ inventory, revisions, leftovers, whole });
    }
  }
  if (filters.length === 0) choices.push(...(await findMoves(root, options.graceMs)));
  const orphans = filters.length > 0 ? [] : await orphanedPayloads(root);
  return await makePlan(root, choices, { kept, careful: true, orphans });
}

/** Remains of killed moves among the locks: half a copy, or an original whose copy is in use. */
async function findMoves(
  cacheDir: string,
  graceMs: number = PARTIAL_GRACE_MS,
): Promise<readonly PlannedRepo[]> {
  const choices: PlannedRepo[] = [];
  const folders = await readdir(join(cacheDir, ".locks")).catch(() => []);
  for (const folder of folders) {
    const identity = parseRepoFolderName(folder);
    if (identity === undefined) continue;
    const layout = repoLayout(cacheDir, identity.repoId, identity.repoType);
    const there = (await lstat(layout.repoDir).catch(() => undefined)) !== undefined;
    const found: Leftover[] = [];
    for (const name of await readdir(layout.locksDir).catch(() => [])) {
      // An original that stands aside while nothing is in its place may be the only one.
      if (name !== "moving" && !(there && /^moved-[0-9a-f]{16}$/.test(name))) continue;
      await addOlder(found, join(layout.locksDir, name), graceMs);
    }
    if (found.length === 0) continue;
    const inventory = await takeInventory(layout);
    choices.push({ inventory, revisions: [], leftovers: found, whole: false });
  }
  return choices;
}

/** Whether a path of a repo is a leftover of these kinds that may go now, by its age. */
async function findLeftovers(
  inventory: Inventory,
  graceMs: number | undefined,
): Promise<readonly Leftover[]> {
  const { layout, blobs, strangers, uncertain } = inventory;
  const found: Leftover[] = [];
  const tempGrace = graceMs ?? TEMP_GRACE_MS;
  const partialGrace = graceMs ?? PARTIAL_GRACE_MS;
  for (const name of await readdir(layout.blobsDir).catch(() => [])) {
    const path = join(layout.blobsDir, name);
    const needed = uncertain || blobs.has(path) || strangers.has(path);
    if (!needed && !isLitter(name) && !isBlobLock(name)) await addOlder(found, path, tempGrace);
  }
  for (const name of await readdir(layout.partialDir).catch(() => [])) {
    const grace = isTemp(name) || name.endsWith(".gone") ? tempGrace : partialGrace;
    await addOlder(found, join(layout.partialDir, name), grace);
  }
  for (const name of await readdir(layout.quarantineDir).catch(() => [])) {
    // A repair moves data there only when the Hub has it again: nothing waits for it.
    await addOlder(found, join(layout.quarantineDir, name), graceMs ?? 0);
  }
  if (!uncertain) await addForeignTrees(found, inventory, tempGrace);
  return found;
}

/** Records about commits that have no snapshot: listings and notes of absent files. */
async function addForeignTrees(
  found: Leftover[],
  { layout, revisions }: Inventory,
  graceMs: number,
): Promise<void> {
  const commits = new Set(revisions.map(({ commit }) => commit));
  for (const folder of [layout.treesDir, absentDir(layout)]) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!/^[0-9a-f]{40}(?:\.json)?$/.test(name) || commits.has(name.slice(0, 40))) continue;
      await addOlder(found, join(folder, name), graceMs);
    }
  }
}

/** Where Python's client notes which files a commit does not have. */
export function absentDir(layout: RepoLayout): string {
  return join(layout.repoDir, ".no_exist");
}

async function addOlder(found: Leftover[], path: string, graceMs: number): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || Date.now() - Math.max(stats.mtimeMs, stats.ctimeMs) < graceMs) return;
  const size = stats.isDirectory() ? await folderSize(path).catch(() => 0) : stats.size;
  found.push({ path, size: stats.nlink === 1 || stats.isDirectory() ? size : 0 });
}
