import {
  cacheLocations,
  inspectFiles,
  recordUse,
  repoLayout,
  snapshotDir,
  type SnapshotFile,
} from "@mlx-download/cache";
import type { KnownSnapshot } from "@mlx-download/core";

/** Where a locked model is in the cache, and its missing files. */
export interface LocatedModel {
  /** Absolute path of the snapshot folder, also where it does not exist. */
  readonly path: string;
  /** Paths below it. Empty when the model is whole. */
  readonly missing: readonly string[];
}

/** Looks for a locked model in the cache, by names and lengths. A whole one counts as used. Makes no request. */
export async function locateLocked(
  { repoId, commit, files }: KnownSnapshot,
  options: {
    readonly cacheDir?: string | undefined;
    readonly env?: NodeJS.ProcessEnv | undefined;
  } = {},
): Promise<LocatedModel> {
  const { cacheDir, env = process.env } = options;
  const layout = repoLayout(cacheLocations(env, { cacheDir }).hubCache, repoId);
  const states = await inspectFiles(
    layout,
    commit,
    files.map(({ path, size, sha256, gitSha1 }): SnapshotFile => {
      const hex = gitSha1 ?? sha256;
      const algorithm = gitSha1 === undefined ? "sha256" : "git-sha1";
      return { path, size, digest: { algorithm, hex }, blobId: gitSha1 ?? commit };
    }),
  );
  const missing = files.map(({ path }) => path).filter((path) => states.get(path) !== "present");
  if (missing.length === 0) await recordUse(layout, commit);
  return { path: snapshotDir(layout, commit), missing };
}
