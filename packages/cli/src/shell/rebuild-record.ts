import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { RepoLayout } from "@mlx-download/cache";
import type { CacheTraces, Registry } from "@mlx-download/registry";
import { formatCount } from "../text/format.ts";

/** Which cache is read, and until when. */
export interface Rebuilding {
  readonly env: NodeJS.ProcessEnv;
  /** ms since 1970. Later traces are of the command that runs now, which records them itself. */
  readonly before: number;
  /** How long to wait for other processes, in ms. */
  readonly waitMs: number;
}

/**
 * Rebuilds a record that is new from the traces in the cache. Returns the line that says what came
 * back and what did not. Undefined where there was nothing to rebuild, or no record of ours was lost.
 */
export async function rebuildFromCache(
  registry: Registry,
  { env, before, waitMs }: Rebuilding,
): Promise<string | undefined> {
  const { isRecordNew, rebuildRecord } = await import("@mlx-download/registry");
  if (registry.readOnly || !isRecordNew(registry)) return undefined;
  const { isOurs, ...traces } = await readTraces(env, before);
  const rebuilt = rebuildRecord(registry, traces, { waitMs });
  // Caches that other programs filled had no record with us.
  if (rebuilt === undefined || !isOurs || rebuilt.downloads === 0) return undefined;
  const counts = `${formatCount(rebuilt.downloads, "download")} and ${formatCount(rebuilt.versions, "version")}`;
  return `the record of downloads was lost: ${counts} rebuilt from the cache. Removed models, earlier versions of a branch, sources and durations did not come back`;
}

async function readTraces(
  env: NodeJS.ProcessEnv,
  before: number,
): Promise<CacheTraces & { readonly isOurs: boolean }> {
  const { cacheLocations, listRepos } = await import("@mlx-download/cache");
  const repos = await listRepos(cacheLocations(env).hubCache);
  const traces = await Promise.all(
    repos.filter(({ repoType }) => repoType === "model").map((layout) => tracesOf(layout, before)),
  );
  return {
    snapshots: traces.flatMap(({ snapshots }) => snapshots),
    refs: traces.flatMap(({ refs }) => refs),
    views: traces.flatMap(({ views }) => views),
    isOurs: traces.some(({ isOurs }) => isOurs),
  };
}

async function tracesOf(
  layout: RepoLayout,
  before: number,
): Promise<CacheTraces & { readonly isOurs: boolean }> {
  const { lastUses, listCommits, listRefs, listViews, readTreeRecord, refPath, snapshotDir } =
    await import("@mlx-download/cache");
  const { repoId } = layout;
  const timeOf = async (path: string): Promise<number> =>
    Math.round((await stat(path).catch(() => undefined))?.mtimeMs ?? 0);
  const names = Object.entries(listRefs(layout)).filter(([name]) => !name.startsWith("pinned/"));
  const snapshots: CacheTraces["snapshots"][number][] = [];
  let isOurs = (await lastUses(layout)).size > 0;
  for (const commit of listCommits(layout)) {
    const at = await timeOf(snapshotDir(layout, commit));
    if (at >= before) continue;
    const files = await readTreeRecord(layout, commit).catch(() => undefined);
    isOurs ||= files !== undefined;
    let bytes = 0;
    for (const { path, size } of files ?? []) {
      const there = await stat(join(snapshotDir(layout, commit), path)).catch(() => undefined);
      if (there) bytes += size;
    }
    const revision = names.find(([, target]) => target === commit)?.[0] ?? commit;
    snapshots.push({ repoId, revision, commit, at, bytes });
  }
  const refs: CacheTraces["refs"][number][] = [];
  for (const [revision, commit] of names) {
    const since = await timeOf(refPath(layout, revision));
    if (since < before) refs.push({ repoId, revision, commit, since });
  }
  const views = (await listViews(layout)).map(({ createdAt }) => ({ repoId, at: createdAt }));
  return { snapshots, refs, views: views.filter(({ at }) => at < before), isOurs };
}
