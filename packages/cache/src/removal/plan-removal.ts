import { lstat } from "node:fs/promises";
import { CacheError } from "../names/errors.ts";
import { checkRoot, repoLayout, type RepoLayout } from "../names/layout.ts";
import { listFolder } from "../disk/list-folder.ts";
import { listRepos } from "../disk/list-repos.ts";
import { notInCache } from "../names/not-in-cache.ts";
import { findCommit } from "../records/ref.ts";
import type { RepoType } from "../names/repo-id.ts";
import { checkRevision } from "../names/revision.ts";
import { makePlan, type PlannedRepo } from "./make-plan.ts";
import { parseCacheFilter, type CacheFilter } from "./cache-filter.ts";
import { pinnedCommits, takeInventory, type Inventory, type StoredRevision } from "./inventory.ts";
import type { KeptRevision, RemovalPlan } from "./removal-plan.ts";

/** A repo, or one revision of it. */
export interface RemovalTarget {
  readonly repoId: string;
  readonly repoType?: RepoType | undefined;
  /** A ref or a commit. Default: all revisions. */
  readonly revision?: string | undefined;
}

/** Further criteria for a revision. */
export interface SelectionRules {
  /** Conditions as `parseCacheFilter` reads them. A revision is removed only if all hold. */
  readonly where?: readonly string[] | undefined;
  /** The number of the newest revisions of each repo that stay. Default: 0. */
  readonly keepNewest?: number | undefined;
  /** Called by the condition `mlx=`. Default: no model is one. */
  readonly isMlx?: ((revision: { readonly path: string }) => Promise<boolean>) | undefined;
}

/**
 * Plans the removal of these repos or revisions, or of those in the whole cache that meet the
 * conditions in `where`. With `files`, only the files that it selects are removed. Blobs that other
 * revisions lead to stay, and so do pinned revisions. Throws `cache/not-found` for a target that is
 * not here, `cache/invalid-repo-id`, `cache/invalid-revision`, `cache/invalid-filter`, also when
 * neither targets nor conditions are given.
 */
export async function planRemoval(
  cacheDir: string,
  targets: readonly RemovalTarget[],
  options: SelectionRules & { readonly files?: ((path: string) => boolean) | undefined } = {},
): Promise<RemovalPlan> {
  const root = checkRoot(cacheDir);
  const filters = readFilters(options.where);
  if (targets.length === 0 && filters.length === 0) {
    throw new CacheError("No target and no condition is given", "cache/invalid-filter", {
      hint: "Name a repo, or give a condition such as size>10GB.",
    });
  }
  const kept: KeptRevision[] = [];
  const choices: PlannedRepo[] = [];
  for (const { inventory, wanted } of await findWanted(root, targets)) {
    const going: StoredRevision[] = [];
    const stays = whatStays(inventory, options.keepNewest);
    for (const revision of wanted ?? inventory.revisions) {
      if (!(await meets(filters, { inventory, revision, isMlx: options.isMlx }))) continue;
      const reason = stays(revision.commit);
      if (reason === undefined) going.push(revision);
      else kept.push(keptRevision(inventory.layout, revision.commit, reason));
    }
    // A repo without a snapshot has nothing to choose from: it goes if it was named.
    const empty = inventory.revisions.length === 0 && filters.length === 0;
    if (empty && inventory.pins.length > 0) {
      kept.push(keptRevision(inventory.layout, null, "pinned"));
    } else if (options.files !== undefined) {
      const choice = chooseFiles(inventory, going, options.files);
      if (choice !== undefined) choices.push(choice);
    } else if (empty || going.length > 0) {
      const named = wanted === undefined && filters.length === 0 && targets.length > 0;
      const whole = await takesAll(inventory, going, { partial: named });
      choices.push({ inventory, revisions: going, whole });
    }
  }
  return await makePlan(root, choices, { kept, careful: false });
}

/** The parsed conditions. Throws `cache/invalid-filter`. */
export function readFilters(where: readonly string[] = []): readonly CacheFilter[] {
  return where.map(parseCacheFilter);
}

/** Whether a revision meets all conditions. */
export async function meets(
  filters: readonly CacheFilter[],
  about: {
    readonly inventory: Inventory;
    readonly revision: StoredRevision;
    readonly isMlx: SelectionRules["isMlx"];
  },
): Promise<boolean> {
  const { revision, isMlx } = about;
  const { repoId, repoType } = about.inventory.layout;
  const subject = {
    repoId,
    repoType,
    size: revision.sizeOnDisk,
    usedAt: revision.usedAt,
    modifiedAt: revision.modifiedAt,
    refs: revision.refs,
    isMlx: async () => (await isMlx?.(revision)) ?? false,
  };
  for (const filter of filters) if (!(await filter.matches(subject, Date.now()))) return false;
  return true;
}

/** The reason why a commit of a repo has to stay. Undefined when it may be removed. */
export function whatStays(
  inventory: Inventory,
  keepNewest = 0,
): (commit: string) => "pinned" | "newest" | undefined {
  const pinned = pinnedCommits(inventory);
  const byAge = inventory.revisions.toSorted((a, b) => b.modifiedAt - a.modifiedAt);
  const newest = new Set(byAge.slice(0, keepNewest).map(({ commit }) => commit));
  return (commit) => (pinned.has(commit) ? "pinned" : newest.has(commit) ? "newest" : undefined);
}

/** The note about something that stays. */
export function keptRevision(
  { repoId, repoType }: RepoLayout,
  commit: string | null,
  reason: KeptRevision["reason"],
): KeptRevision {
  return { repoId, repoType, commit, reason };
}

/**
 * Whether nothing is left of a repo without these revisions. Unfinished data (`partial`) is removed
 * only with its repo.
 */
export async function takesAll(
  { layout, pins, revisions }: Inventory,
  going: readonly StoredRevision[],
  options: { readonly partial: boolean },
): Promise<boolean> {
  if (pins.length > 0 || going.length < revisions.length) return false;
  if (options.partial) return true;
  const { entries } = await listFolder(layout.partialDir);
  return !entries.some(({ name }) => name.endsWith(".data"));
}

async function findWanted(
  cacheDir: string,
  targets: readonly RemovalTarget[],
): Promise<readonly { inventory: Inventory; wanted: readonly StoredRevision[] | undefined }[]> {
  if (targets.length === 0) {
    const found = [];
    for (const layout of await listRepos(cacheDir)) {
      found.push({ inventory: await takeInventory(layout), wanted: undefined });
    }
    return found;
  }
  const byRepo = new Map<string, { layout: RepoLayout; revisions: Set<string> | undefined }>();
  for (const { repoId, repoType, revision } of targets) {
    const layout = repoLayout(cacheDir, repoId, repoType);
    if (revision !== undefined) checkRevision(revision);
    const known = byRepo.get(layout.repoDir);
    const whole = revision === undefined || (known !== undefined && known.revisions === undefined);
    const revisions = whole ? undefined : (known?.revisions ?? new Set<string>()).add(revision);
    byRepo.set(layout.repoDir, { layout, revisions });
  }
  const found = [];
  for (const { layout, revisions } of byRepo.values()) {
    if ((await lstat(layout.repoDir).catch(() => undefined)) === undefined) {
      throw notInCache(layout);
    }
    const inventory = await takeInventory(layout);
    found.push({ inventory, wanted: revisions && (await pick(inventory, revisions)) });
  }
  return found;
}

async function pick(
  { layout, revisions }: Inventory,
  names: ReadonlySet<string>,
): Promise<readonly StoredRevision[]> {
  const picked = new Set<StoredRevision>();
  for (const name of names) {
    const commit = await findCommit(layout, name);
    const found = revisions.find((revision) => revision.commit === commit);
    if (found === undefined) throw notInCache(layout, name);
    picked.add(found);
  }
  return [...picked];
}

function chooseFiles(
  inventory: Inventory,
  revisions: readonly StoredRevision[],
  wanted: (path: string) => boolean,
): PlannedRepo | undefined {
  const files = revisions.flatMap(({ commit, files: all }) =>
    all.filter(({ path }) => wanted(path)).map(({ path }) => ({ commit, path })),
  );
  return files.length === 0 ? undefined : { inventory, revisions: [], files, whole: false };
}
