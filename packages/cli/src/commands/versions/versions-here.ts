import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { isLitterEntry } from "@mlx-download/cache";

/** A version of a model on this disk. */
export interface VersionHere {
  readonly commit: string;
  /** Everything that a model needs is here, as far as a listing tells. */
  readonly complete: boolean;
  /** The names in the cache that point at it, sorted. */
  readonly refs: readonly string[];
  /** ms since 1970. */
  readonly arrivedAt: number;
}

/** The versions of a model in the cache, the one that came last first. */
export async function versionsHere(
  repoId: string,
  cacheDir: string,
): Promise<readonly VersionHere[]> {
  const { listCommits, readRef, repoLayout, snapshotDir, snapshotStatus } =
    await import("@mlx-download/cache");
  const layout = repoLayout(cacheDir, repoId, "model");
  const refs = await refsHere(layout.refsDir);
  const targets = await Promise.all(
    refs.map(async (name) => [name, await readRef(layout, name).catch(() => undefined)] as const),
  );
  const versions = listCommits(layout).map(async (commit): Promise<VersionHere> => {
    const stats = await stat(snapshotDir(layout, commit)).catch(() => undefined);
    const { status } = await snapshotStatus(layout, commit);
    return {
      commit,
      complete: status !== "incomplete",
      refs: targets.filter(([, target]) => target === commit).map(([name]) => name),
      arrivedAt: Math.round(stats?.mtimeMs ?? 0),
    };
  });
  return (await Promise.all(versions)).toSorted((a, b) => b.arrivedAt - a.arrivedAt);
}

/** The names below `refs/`, without those that only keep a pinned commit. */
async function refsHere(refsDir: string): Promise<readonly string[]> {
  const entries = await readdir(refsDir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !isLitterEntry(entry))
    .map((entry) => relative(refsDir, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .filter((name) => !name.startsWith("pinned/"))
    .toSorted();
}
