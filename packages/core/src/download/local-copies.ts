import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { formatDigest, type SnapshotFile } from "@mlx-download/cache";

// Below this a request costs less than looking through every repo of the cache.
const WORTH_LOOKING_BYTES = 1024 * 1024;

/**
 * Files of this cache that should hold the bytes of `files`, by digest text: the same blob in another repo. Only name
 * and size are looked at; whoever copies proves the bytes.
 */
export async function findLocalCopies(
  cacheDir: string,
  files: readonly SnapshotFile[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const wanted = files.filter((file) => file.size >= WORTH_LOOKING_BYTES);
  if (wanted.length === 0) return found;
  const folders = await readdir(cacheDir).catch(() => []);
  const repos = folders.filter((name) => name.startsWith("models--"));
  await Promise.all(
    wanted.map(async (file) => {
      for (const repo of repos) {
        const path = join(cacheDir, repo, "blobs", file.digest.hex);
        const stats = await stat(path).catch(() => undefined);
        if (stats?.isFile() === true && stats.size === file.size) {
          found.set(formatDigest(file.digest), path);
          return;
        }
      }
    }),
  );
  return found;
}
