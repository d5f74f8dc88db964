import { join } from "node:path";
import { discard } from "../disk/durable-file.ts";
import { CacheError } from "../names/errors.ts";
import type { RepoLayout } from "../names/layout.ts";
import { acquireLock } from "./lock.ts";

const WAIT_MS = 30_000;

/**
 * Runs `work` while no other process of ours removes anything from this repo or points a ref into
 * it. Held only for such moments, never for a transfer. The lock of a dead holder is free. Other
 * clients do not know this lock. Throws `cache/locked` after 30 s.
 */
export async function withRepoLock<T>(
  layout: RepoLayout,
  work: () => Promise<T>,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const path = repoLockPath(layout);
  const lock = await acquireLock(path, { timeoutMs: WAIT_MS, signal: options.signal }).catch(
    (error: unknown) => {
      throw error instanceof CacheError && error.code === "cache/locked"
        ? new CacheError(`Another process is changing ${layout.repoId} in the cache`, error.code, {
            hint: "Wait for it to end, or stop it, and run again.",
            data: { ...error.data, repoId: layout.repoId },
            cause: error,
          })
        : error;
    },
  );
  try {
    return await work();
  } finally {
    // Without the file every process sees at once that no work is in progress.
    await discard(path);
    await lock.release();
  }
}

/** Where that lock is while it is held. */
export function repoLockPath(layout: RepoLayout): string {
  return join(layout.locksDir, "repo.mlx-download.lock");
}
