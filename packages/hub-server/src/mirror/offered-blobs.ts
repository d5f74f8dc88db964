import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { blobPath, listRepos } from "@mlx-download/cache";
import type { RepoName } from "./upstream.ts";

/** A blob that may be given to everyone. */
export interface OfferedBlob {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/** A repo whose blobs may be given to everyone. */
export interface OfferedRepo {
  readonly repoId: string;
  readonly blobs: number;
  readonly bytes: number;
}

/** The blobs of public repos by SHA-256. */
export interface OfferedBlobs {
  /**
   * The blob of this digest. Undefined for one that is not here, not public, or not known to be public: all three cost
   * the same look, so that no answer tells which it is.
   */
  find(hex: string): OfferedBlob | undefined;
  /** The repos whose blobs are offered, as the last look found them. For this machine's user alone. */
  repos(): readonly OfferedRepo[];
  /** Looks at the cache again, unless it was looked at lately. Resolves when the look is over. */
  refresh(): Promise<void>;
}

/** A model that was just downloaded is offered after so long. */
const LOOK_AGAIN_MS = 10_000;

/** Makes {@link OfferedBlobs}, empty before the first look. `isPublic` may ask the Hub: no request waits for it. */
export function createOfferedBlobs({
  cacheDir,
  isPublic,
  now,
}: {
  readonly cacheDir: string;
  readonly isPublic: (repo: RepoName) => Promise<boolean>;
  readonly now: () => number;
}): OfferedBlobs {
  let blobs: ReadonlyMap<string, OfferedBlob> = new Map();
  let repos: readonly OfferedRepo[] = [];
  let looking: Promise<void> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const look = async (): Promise<void> => {
    const found = new Map<string, OfferedBlob>();
    const named: OfferedRepo[] = [];
    for (const layout of await listRepos(cacheDir)) {
      if (!(await isPublic(layout).catch(() => false))) continue;
      let [count, bytes] = [0, 0];
      const names = await readdir(join(layout.repoDir, "blobs")).catch(() => []);
      for (const name of names) {
        if (!/^[0-9a-f]{64}$/.test(name)) continue;
        const path = blobPath(layout, name);
        const stats = await stat(path).catch(() => undefined);
        if (stats?.isFile() !== true) continue;
        found.set(name, { path, size: stats.size });
        count += 1;
        bytes += stats.size;
      }
      if (count > 0) named.push({ repoId: layout.repoId, blobs: count, bytes });
    }
    blobs = found;
    repos = named;
  };
  const refresh = async (): Promise<void> => {
    if (looking === undefined && now() - lookedAt < LOOK_AGAIN_MS) return;
    looking ??= look().finally(() => {
      looking = undefined;
      lookedAt = now();
    });
    await looking;
  };
  return {
    find(hex) {
      void refresh().catch(() => undefined);
      return blobs.get(hex);
    },
    repos: () => repos,
    refresh,
  };
}
