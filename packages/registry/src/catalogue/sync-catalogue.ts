import { randomUUID } from "node:crypto";
import { RegistryError } from "../errors.ts";
import type { Registry } from "../registry.ts";
import { rebuildIndex } from "../search-index/rebuild-index.ts";
import { readAge, writeAge } from "./catalogue-age.ts";
import type { CatalogueHub, ListingRequest, RateBudget } from "./catalogue-hub.ts";
import type { CatalogueModel } from "./catalogue-model.ts";
import { checkUnseen } from "./check-unseen.ts";
import { isPopularDue, kindOfSync, PAGE_SIZE, POPULAR_PAGES, type SyncPlan } from "./plan-sync.ts";
import { readHubModel } from "./read-hub-model.ts";
import { storeModels } from "./store-models.ts";
import { readSyncState, releaseSync, writeSyncState, type SyncState } from "./sync-state.ts";

/** How a synchronisation runs. */
export interface SyncOptions {
  /** Read the whole list, also when it was read this week. */
  readonly full?: boolean | undefined;
  /** Ends it after the page that is on its way. The next one goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Told after every page. */
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
}

/** How far a synchronisation is. */
export interface SyncProgress {
  readonly kind: SyncPlan["kind"];
  readonly requests: number;
  /** Entries that were read. */
  readonly models: number;
}

/** How a synchronisation ended. */
export interface SyncResult extends SyncProgress {
  /** Models that were not in the catalogue before. */
  readonly added: number;
  /** Models that the Hub has no more. */
  readonly gone: number;
  /** Why it did not read everything. The next one goes on. */
  readonly stopped: "aborted" | "rate-limit" | null;
  /** When the Hub's quota is whole again, in ms since 1970. */
  readonly until?: number | undefined;
}

/** Clocks differ, and lists are a few minutes old. */
const OVERLAP_MS = 600_000;
/** The last fifth of a quota that the whole address shares is left to others. */
const LEFT_TO_OTHERS = 0.2;

/**
 * Brings the catalogue up to date with the Hub, page by page, each stored with the place where the next run goes on, so that
 * nothing is lost by a kill. A first or weekly full walk reads the whole list. Any other reads the changes since. Stops by
 * itself where the Hub's quota runs low. Throws `registry/sync-elsewhere`, `registry/bad-listing`, the errors of
 * `Registry.write` and those of `hub`.
 */
export async function syncCatalogue(
  registry: Registry,
  hub: CatalogueHub,
  options: SyncOptions = {},
): Promise<SyncResult> {
  const id = randomUUID();
  const { endpoint } = hub;
  const stored = registry.read(readSyncState);
  const kind = kindOfSync(stored, { endpoint, full: options.full });
  const sync: RunningSync = {
    registry,
    hub,
    id,
    options,
    kind,
    state: stored?.endpoint === endpoint ? stored : { endpoint, walk: (stored?.walk ?? 0) + 1 },
    requests: 0,
    models: 0,
    before: countModels(registry),
  };
  registry.write((db) => writeSyncState(db, sync.state, id));
  try {
    return await run(sync);
  } finally {
    registry.write((db) => releaseSync(db, id));
  }
}

interface RunningSync {
  readonly registry: Registry;
  readonly hub: CatalogueHub;
  readonly id: string;
  readonly options: SyncOptions;
  readonly kind: SyncPlan["kind"];
  state: SyncState;
  requests: number;
  models: number;
  readonly before: number;
  budget?: RateBudget | undefined;
}

async function run(sync: RunningSync): Promise<SyncResult> {
  const { kind } = sync;
  const whole = kind !== "changes";
  if (whole && !(await walkAll(sync))) return finish(sync, 0);
  if (!(await readChanges(sync))) return finish(sync, 0);
  const now = Date.now();
  if (whole) {
    const gone = await checkUnseen(sync.registry, {
      walk: sync.state.walk,
      signal: sync.options.signal,
      findModel: async (repoId) => {
        sync.requests += 1;
        return sync.hub.findModel(repoId, { signal: sync.options.signal });
      },
    });
    save(sync, { ...sync.state, open: undefined, fullAt: now, popularAt: now });
    return finish(sync, gone);
  }
  if (isPopularDue(sync.state, now)) {
    for (const sort of ["downloads", "trendingScore"] as const) {
      if (!(await readFirst(sync, sort))) return finish(sync, 0);
    }
    save(sync, { ...sync.state, popularAt: now });
  }
  return finish(sync, 0);
}

/** Reads the whole list from where it was left. False when it was stopped before the end. */
async function walkAll(sync: RunningSync): Promise<boolean> {
  if (!sync.state.open) {
    const walk = sync.kind === "full" ? sync.state.walk + 1 : sync.state.walk;
    const open = { pages: 0, high: 0, startedAt: Date.now() };
    save(sync, { ...sync.state, walk, open });
  }
  let restarted = false;
  for (let open = sync.state.open; open;) {
    // All pages are stored. The steps after them are still to come.
    if (open.pages > 0 && open.next === undefined) return true;
    if (mustStop(sync)) return false;
    const page = await askPage(sync, { sort: "lastModified", next: open.next });
    if (page === "cursor-refused") {
      if (restarted || open.next === undefined) throw badListing(sync.hub.endpoint);
      restarted = true;
      open = { ...open, next: undefined, pages: 0, again: open.pages };
      continue;
    }
    if (page.models.length === 0 && open.pages === 0) throw badListing(sync.hub.endpoint);
    // A list that leads back to itself has no further page.
    const known = open.pages < (open.again ?? 0);
    const turns = page.next === open.next || (!known && isAllSeen(sync, page.models));
    open = {
      ...open,
      pages: open.pages + 1,
      high: Math.max(open.high, latest(page.models)),
      next: turns ? undefined : page.next,
    };
    save(sync, { ...sync.state, open }, page.models);
  }
  return true;
}

/** Whether every model of a page was already seen by this walk. */
function isAllSeen(sync: RunningSync, models: readonly CatalogueModel[]): boolean {
  return sync.registry.read((db) => {
    const seen = db.prepare("select 1 from model where hub_id = ? and walk = ?");
    return models.every(({ hubId }) => seen.get(hubId, sync.state.walk) !== undefined);
  });
}

/** Reads from the newest modification down to the first known one. False when it was stopped before. */
async function readChanges(sync: RunningSync): Promise<boolean> {
  const { open, watermark = 0 } = sync.state;
  const known = (open?.high ?? watermark) - OVERLAP_MS;
  let high = Math.max(watermark, open?.high ?? 0);
  let next: string | undefined;
  for (let pages = 0; ; pages += 1) {
    if (mustStop(sync)) return false;
    const page = await askPage(sync, { sort: "lastModified", next });
    if (page === "cursor-refused") return false;
    if (page.models.length === 0 && pages === 0) throw badListing(sync.hub.endpoint);
    high = Math.max(high, latest(page.models));
    save(sync, sync.state, page.models);
    const oldest = Math.min(...page.models.map(({ modifiedAt }) => modifiedAt ?? 0));
    if (page.next === undefined || page.next === next || oldest <= known) break;
    next = page.next;
  }
  save(sync, { ...sync.state, watermark: high });
  return true;
}

async function readFirst(sync: RunningSync, sort: "downloads" | "trendingScore"): Promise<boolean> {
  let next: string | undefined;
  for (let pages = 0; pages < POPULAR_PAGES; pages += 1) {
    if (mustStop(sync)) return false;
    const page = await askPage(sync, { sort, next });
    if (page === "cursor-refused") return true;
    save(sync, sync.state, page.models);
    if (page.next === undefined) break;
    next = page.next;
  }
  return true;
}

type Page = { readonly models: readonly CatalogueModel[]; readonly next: string | undefined };

async function askPage(
  sync: RunningSync,
  request: Pick<ListingRequest, "sort" | "next">,
): Promise<Page | "cursor-refused"> {
  const { signal, onProgress } = sync.options;
  const answer = await sync.hub.listModels({ ...request, limit: PAGE_SIZE, signal });
  sync.requests += 1;
  if (answer === "cursor-refused") return answer;
  const models = answer.items.flatMap((item) => readHubModel(item) ?? []);
  sync.models += models.length;
  sync.budget = answer.budget;
  onProgress?.({ kind: sync.kind, requests: sync.requests, models: sync.models });
  return { models, next: answer.next };
}

/** Stores models and state in one transaction: the next run goes on exactly behind them. */
function save(sync: RunningSync, state: SyncState, models: readonly CatalogueModel[] = []): void {
  sync.registry.write((db) => {
    storeModels(db, models, state.walk);
    writeSyncState(db, state, sync.id);
  });
  sync.state = state;
}

function mustStop(sync: RunningSync): boolean {
  return sync.options.signal?.aborted === true || isLow(sync.budget);
}

const isLow = (budget: RateBudget | undefined): boolean =>
  budget !== undefined && budget.remaining < budget.quota * LEFT_TO_OTHERS;

function finish(sync: RunningSync, gone: number): SyncResult {
  const { registry, state, budget, requests, models, kind } = sync;
  const low = isLow(budget);
  const aborted = sync.options.signal?.aborted === true;
  const { open, endpoint } = state;
  registry.write((db) => {
    rebuildIndex(db);
    // A run that was stopped on the way leaves the age of the catalogue unchanged.
    if (open || readAge(db)?.source !== "hub" || !(low || aborted)) {
      writeAge(db, { source: open ? "partial" : "hub", at: Date.now(), endpoint });
    }
  });
  return {
    kind,
    requests,
    models,
    added: Math.max(0, countModels(registry) + gone - sync.before),
    gone,
    stopped: aborted ? "aborted" : low ? "rate-limit" : null,
    ...(low && budget && { until: Date.now() + budget.resetMs }),
  };
}

const latest = (models: readonly CatalogueModel[]): number =>
  Math.max(0, ...models.map(({ modifiedAt }) => modifiedAt ?? 0));

function countModels(registry: Registry): number {
  return registry.read((db) =>
    Number(db.prepare("select count(*) as n from model where gone is null").get()?.["n"]),
  );
}

function badListing(endpoint: string): RegistryError {
  return new RegistryError(`${endpoint} gives no list of MLX models`, "registry/bad-listing", {
    hint: "Check that the endpoint is a Hub. Many mirrors cannot list.",
    data: { endpoint },
  });
}
