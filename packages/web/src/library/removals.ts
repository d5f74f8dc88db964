import { randomBytes } from "node:crypto";
import { applyRemoval, planEviction, planRemoval, type RemovalPlan } from "@mlx-download/cache";
import type { PendingRemoval, RemovalPreview } from "../contract.ts";
import { badRequest, failureOf } from "../errors.ts";
import type { Feed } from "../feed/feed.ts";

/** The repos to remove: by id, or the least used ones until the cache has a size. */
export type RemovalWish =
  | { readonly kind: "repos"; readonly repoIds: readonly string[] }
  | { readonly kind: "evict"; readonly maxBytes: number };

/** Removals that wait a moment before they are done, so that they can be taken back. */
export interface Removals extends Disposable {
  /** The repos that would go and those that would stay. Nothing is touched. */
  preview(wish: RemovalWish): Promise<RemovalPreview>;
  /** Removes after a moment. Until then nothing is touched, also when the process ends. */
  schedule(wish: RemovalWish): Promise<PendingRemoval>;
  /** Takes it back. False when it is too late. */
  undo(id: string): boolean;
}

/** Long enough to read a line and reach for the mouse. */
const UNDO_MS = 10_000;

/** Makes the removals of one cache, which report to the feed. */
export function createRemovals(
  cacheDir: string,
  {
    feed,
    onLibraryChange,
    undoMs = UNDO_MS,
  }: {
    readonly feed: Feed;
    readonly onLibraryChange: () => void;
    readonly undoMs?: number | undefined;
  },
): Removals {
  const waiting = new Map<string, NodeJS.Timeout>();
  const plan = async (wish: RemovalWish): Promise<RemovalPlan & { excessBytes?: number }> =>
    wish.kind === "evict"
      ? planEviction(cacheDir, { maxBytes: wish.maxBytes })
      : planRemoval(
          cacheDir,
          wish.repoIds.map((repoId) => ({ repoId })),
        );
  const carryOut = async (pending: PendingRemoval, wanted: RemovalPlan): Promise<void> => {
    waiting.delete(pending.id);
    try {
      await applyRemoval(wanted);
      feed.remove(`removal/${pending.id}`);
    } catch (error) {
      feed.set(`removal/${pending.id}`, {
        ...pending,
        state: "failed",
        error: failureOf(error),
      });
    }
    onLibraryChange();
  };
  return {
    async preview(wish) {
      const wanted = await plan(wish);
      return {
        freedBytes: wanted.freedBytes,
        excessBytes: wanted.excessBytes ?? 0,
        repos: wanted.repos.map(({ repoId, freedBytes, revisions }) => ({
          repoId,
          freedBytes,
          usedAt:
            revisions.length === 0 ? null : Math.max(...revisions.map(({ usedAt }) => usedAt)),
        })),
        kept: wanted.kept.map(({ repoId, reason }) => ({ repoId, reason })),
      };
    },
    async schedule(wish) {
      const wanted = await plan(wish);
      if (wanted.repos.length === 0) {
        const [first] = wanted.kept;
        const why = first === undefined ? "" : ` ${first.repoId} stays: ${first.reason}.`;
        throw badRequest(`There is nothing to remove.${why}`, "Unpin a model to remove it.");
      }
      const [only] = wanted.repos;
      const pending: PendingRemoval = {
        id: randomBytes(6).toString("hex"),
        title: wanted.repos.length === 1 && only ? only.repoId : `${wanted.repos.length} models`,
        repoIds: wanted.repos.map(({ repoId }) => repoId),
        bytes: wanted.freedBytes,
        dueAt: Date.now() + undoMs,
        state: "pending",
        error: null,
      };
      feed.set(`removal/${pending.id}`, pending);
      const timer = setTimeout(() => void carryOut(pending, wanted), undoMs);
      waiting.set(pending.id, timer);
      return pending;
    },
    undo(id) {
      const timer = waiting.get(id);
      clearTimeout(timer);
      waiting.delete(id);
      feed.remove(`removal/${id}`);
      return timer !== undefined;
    },
    [Symbol.dispose]() {
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
