import { readdir, rm } from "node:fs/promises";
import { applyRemoval, CacheError, planRemoval, removeRepo, repoLayout } from "@mlx-download/cache";
import { lockPath, partialPaths, tryLock } from "@mlx-download/cache/writing";
import type { QueuedDownload } from "../contract.ts";

/**
 * Deletes what a cancelled download brought: the whole repo where nothing of it was in the cache before, otherwise its
 * revision, unless a ref leads to it, and the unfinished data that no other process works on. Throws `cache/pinned`,
 * `cache/locked`, `cache/not-writable`.
 */
export async function discardDownload(item: QueuedDownload, cacheDir: string): Promise<void> {
  const { repoId, commit, fresh } = item;
  try {
    if (fresh) return void (await removeRepo(cacheDir, repoId));
    const layout = repoLayout(cacheDir, repoId);
    if (commit !== null) {
      const plan = await planRemoval(cacheDir, [{ repoId, revision: commit }]);
      const led = plan.repos.some(({ revisions }) => revisions.some(({ refs }) => refs.length > 0));
      if (!led) await applyRemoval(plan);
    }
    const names = await readdir(layout.partialDir).catch(() => []);
    const digests = new Set(names.map((name) => name.slice(0, Math.max(0, name.indexOf(".")))));
    for (const hex of digests) {
      if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hex)) continue;
      const lock = await tryLock(lockPath(layout, hex));
      if (lock === undefined) continue;
      try {
        const { data, journal } = partialPaths(layout, hex);
        await rm(journal, { force: true });
        await rm(data, { force: true });
      } finally {
        await lock.release();
      }
    }
  } catch (error) {
    // Nothing had come yet.
    if (!(error instanceof CacheError && error.code === "cache/not-found")) throw error;
  }
}
