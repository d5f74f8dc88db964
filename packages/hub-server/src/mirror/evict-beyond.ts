import { applyRemoval, planEviction } from "@mlx-download/cache";
import type { MirrorEventBody } from "./mirror-event.ts";

/** Keeps a cache below a size. */
export interface Eviction {
  /** Starts a look at the size, at the latest after the one that runs. */
  start(): void;
  /** Resolves when no look runs. */
  settled(): Promise<void>;
}

/**
 * Makes an {@link Eviction}: whole revisions go, the longest unused first. Pins, and revisions that a download works on,
 * stay. A client that reads a file keeps it to its end. Does nothing without `maxBytes`.
 */
export function evictBeyond({
  cacheDir,
  maxBytes,
  emit,
  onEvicted,
}: {
  readonly cacheDir: string;
  readonly maxBytes: number | undefined;
  readonly emit: (event: MirrorEventBody) => void;
  readonly onEvicted: (bytes: number) => void;
}): Eviction {
  let running: Promise<void> | undefined;
  let again = false;

  const look = async (limit: number): Promise<void> => {
    try {
      const plan = await planEviction(cacheDir, { maxBytes: limit });
      if (plan.repos.length === 0) return;
      const { removed, freedBytes } = await applyRemoval(plan);
      if (removed.length === 0) return;
      onEvicted(freedBytes);
      emit({ type: "evicted", bytes: freedBytes, repos: removed.map(({ repoId }) => repoId) });
    } catch (error) {
      const message = `The cache could not be kept below its limit: ${String(error)}`;
      emit({ type: "warning", code: "mirror/not-evicted", message });
    }
  };
  const run = async (limit: number): Promise<void> => {
    do {
      again = false;
      await look(limit);
    } while (again);
    running = undefined;
  };
  return {
    start() {
      if (maxBytes === undefined) return;
      if (running === undefined) running = run(maxBytes);
      else again = true;
    },
    settled: async () => running,
  };
}
