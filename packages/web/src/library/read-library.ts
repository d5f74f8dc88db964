import { statfs } from "node:fs/promises";
import { type CachedRepo, listPins, listViews, repoLayout, scanCache } from "@mlx-download/cache";
import type { LibraryPage } from "../contract.ts";

/** The contents of the cache, as the page shows them. Throws as `scanCache` does. */
export async function readLibrary(cacheDir: string, signal?: AbortSignal): Promise<LibraryPage> {
  const [scan, pins, disk] = await Promise.all([
    scanCache(cacheDir, { signal }),
    listPins(cacheDir).catch(() => []),
    statfs(cacheDir).catch(() => undefined),
  ]);
  const views = await Promise.all(scan.repos.map(async (repo) => viewsOf(cacheDir, repo)));
  return {
    cacheDir: scan.cacheDir,
    sizeOnDisk: scan.sizeOnDisk,
    diskFree: disk === undefined || disk.blocks === 0 ? null : disk.bavail * disk.bsize,
    repos: scan.repos.map((repo, at) => ({
      repoId: repo.repoId,
      repoType: repo.repoType,
      sizeOnDisk: repo.sizeOnDisk,
      unusedOnDisk: repo.unusedOnDisk,
      files: repo.files,
      lastUsedAt: repo.lastUsedAt,
      modifiedAt:
        repo.revisions.length === 0
          ? null
          : Math.max(...repo.revisions.map(({ lastModifiedAt }) => lastModifiedAt)),
      pinned: pins.some(
        ({ repoId, repoType }) => repoId === repo.repoId && repoType === repo.repoType,
      ),
      views: views[at] ?? [],
      revisions: repo.revisions.map(({ commit, sizeOnDisk, complete }) => ({
        commit,
        refs: Object.entries(repo.refs).flatMap(([name, to]) => (to === commit ? [name] : [])),
        sizeOnDisk,
        complete,
      })),
      findings: repo.findings.slice(0, 20).map(({ code, message }) => ({ code, message })),
    })),
  };
}

async function viewsOf(
  cacheDir: string,
  { repoId, repoType }: Pick<CachedRepo, "repoId" | "repoType">,
): Promise<readonly string[]> {
  if (repoType !== "model") return [];
  const views = await listViews(repoLayout(cacheDir, repoId)).catch(() => []);
  return views.map(({ path }) => path);
}
