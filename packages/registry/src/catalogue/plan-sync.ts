import type { Registry } from "../registry.ts";
import { readSyncState, type SyncState } from "./sync-state.ts";

/** The steps and the cost of a synchronisation. */
export interface SyncPlan {
  /** `first` and `full` walk the whole list, `resume` goes on with one that was stopped, `changes` reads the new models. */
  readonly kind: "first" | "resume" | "changes" | "full";
  /** Calls to the Hub, estimated. */
  readonly requests: number;
  /** Bytes to receive, compressed, estimated. */
  readonly bytes: number;
  /** The share of the calls that an anonymous address may make in five minutes. */
  readonly budgetShare: number;
  /** Models that are known now. */
  readonly models: number;
}

/** Models a page: the most that the Hub gives. */
export const PAGE_SIZE: number = 500;
/** Renames and deletions are in no other answer than a list that has everything, so it is read once a week. */
const FULL_EVERY_MS = 7 * 86_400_000;
/** Downloads change daily. */
const POPULAR_EVERY_MS = 20 * 3_600_000;
/** First pages by downloads and by trend. */
export const POPULAR_PAGES: number = 2;

/** Of the anonymous quota: 500 calls in five minutes an address (hub-docs, rate limits). */
const ANONYMOUS_CALLS = 500;
/** Of a list entry with the requested fields, compressed. Estimated from its fields. */
const ENTRY_BYTES = 160;
/** How many models the first walk expects where nothing is known. */
const FIRST_GUESS = 20_000;

/** The options of a synchronisation. */
export interface SyncPlanOptions {
  /** The Hub to be asked: the state of another one does not help. */
  readonly endpoint: string;
  /** Read the whole list, also when it was read this week. */
  readonly full?: boolean | undefined;
  readonly now?: number | undefined;
}

/** Computes the cost of a synchronisation, without a request. */
export function planSync(registry: Registry, options: SyncPlanOptions): SyncPlan {
  return registry.read((db) => {
    const state = readSyncState(db);
    const models = Number(
      db.prepare("select count(*) as n from model where gone is null").get()?.["n"],
    );
    const kind = kindOfSync(state, options);
    const now = options.now ?? Date.now();
    const pages = Math.ceil(Math.max(models, FIRST_GUESS) / PAGE_SIZE);
    const popular = isPopularDue(state, now) ? 2 * POPULAR_PAGES : 0;
    const requests =
      kind === "changes"
        ? 1 + popular
        : Math.max(1, pages - (kind === "resume" ? (state?.open?.pages ?? 0) : 0)) + 1;
    return {
      kind,
      requests,
      bytes: requests * PAGE_SIZE * ENTRY_BYTES,
      budgetShare: requests / ANONYMOUS_CALLS,
      models,
    };
  });
}

/** Which kind of synchronisation is due. */
export function kindOfSync(
  state: SyncState | undefined,
  { endpoint, full, now = Date.now() }: SyncPlanOptions,
): SyncPlan["kind"] {
  if (!state || state.endpoint !== endpoint) return "first";
  if (state.open) return "resume";
  if (state.watermark === undefined || state.fullAt === undefined) return "first";
  return full || now - state.fullAt > FULL_EVERY_MS ? "full" : "changes";
}

/** Whether the numbers of downloads are older than a day. */
export function isPopularDue(state: SyncState | undefined, now: number): boolean {
  return now - (state?.popularAt ?? 0) > POPULAR_EVERY_MS;
}
