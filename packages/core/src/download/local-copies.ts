import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { formatDigest, type RepoLayout, type SnapshotFile } from "@mlx-download/cache";

// Below this a request costs less than looking through every repo of the cache.
const WORTH_LOOKING_BYTES = 1024 * 1024;

/**
 * Files on this disk that should hold the bytes of `files`, by digest text: the same blob in another repo of this cache
 * or of HF_HOME beside it, or a plain file of the same path in this repo, as other programs leave one in
 * `snapshots/main` or in the repo's own folder. Only name and size are checked. The copy verifies the bytes.
 */
export async function findLocalCopies(
  layout: RepoLayout,
  files: readonly SnapshotFile[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const wanted = files.filter((file) => file.size >= WORTH_LOOKING_BYTES);
  if (wanted.length === 0) return found;
  const { cacheDir, repoDir, snapshotsDir } = layout;
  const [here, beside, snapshots] = await Promise.all([
    reposIn(cacheDir),
    reposIn(dirname(cacheDir)),
    readdir(snapshotsDir).catch(() => []),
  ]);
  const plain = [repoDir, ...snapshots.map((name) => join(snapshotsDir, name))];
  await Promise.all(
    wanted.map(async ({ path, size, digest }) => {
      const candidates = [
        ...[...here, ...beside].map((repo) => join(repo, "blobs", digest.hex)),
        ...plain.map((folder) => join(folder, path)),
      ];
      for (const candidate of candidates) {
        const stats = await stat(candidate).catch(() => undefined);
        if (stats?.isFile() === true && stats.size === size) {
          found.set(formatDigest(digest), candidate);
          return;
        }
      }
    }),
  );
  return found;
}

async function reposIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith("models--")).map((name) => join(folder, name));
}
