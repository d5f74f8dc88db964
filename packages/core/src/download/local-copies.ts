import { readdir, readlink, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  formatDigest,
  isCommit,
  readTreeRecord,
  type RepoLayout,
  type SnapshotFile,
} from "@mlx-download/cache";

/** Below this a request costs less than looking through every repo of the cache. */
const WORTH_COPYING_BYTES = 1024 * 1024;

/** Where copies are looked for. */
export interface LocalCopyOptions {
  /** Smaller files are not looked for. Default: 1 MiB, below which a request costs less. */
  readonly leastBytes?: number | undefined;
  /** Also among the blobs of other repos (default). */
  readonly otherRepos?: boolean | undefined;
}

/**
 * Files on this disk that should hold the bytes of `files`, by digest text: the same blob in another repo of this cache
 * or of HF_HOME beside it, or a plain file of the same path in this repo, as other programs leave one in
 * `snapshots/main` or in the repo's own folder. Only name and size are checked, and that no listing or blob name says
 * otherwise: versions of one model often have files of one size. The copy verifies the bytes.
 */
export async function findLocalCopies(
  layout: RepoLayout,
  files: readonly SnapshotFile[],
  { leastBytes = WORTH_COPYING_BYTES, otherRepos = true }: LocalCopyOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const wanted = files.filter((file) => file.size >= leastBytes);
  if (wanted.length === 0) return found;
  const { cacheDir, repoDir, snapshotsDir } = layout;
  const [here, beside, snapshots] = await Promise.all([
    otherRepos ? reposIn(cacheDir) : [],
    otherRepos ? reposIn(dirname(cacheDir)) : [],
    readdir(snapshotsDir).catch(() => []),
  ]);
  const plain = [repoDir, ...snapshots.map((name) => join(snapshotsDir, name))];
  const listings = new Map<string, Promise<readonly SnapshotFile[] | undefined>>();
  /** Whether a file in a snapshot of another commit is known to hold other bytes. */
  async function isOther(candidate: string, { path, digest }: SnapshotFile): Promise<boolean> {
    const folder = candidate.slice(0, -path.length - 1);
    const commit = basename(folder);
    if (!isCommit(commit)) return false;
    const blob = basename(await readlink(candidate).catch(() => ""));
    if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(blob)) return blob !== digest.hex;
    const listing = listings.get(commit) ?? readTreeRecord(layout, commit);
    listings.set(commit, listing);
    const listed = (await listing)?.find((file) => file.path === path);
    return listed !== undefined && formatDigest(listed.digest) !== formatDigest(digest);
  }
  await Promise.all(
    wanted.map(async (file) => {
      const { path, size, digest } = file;
      const candidates = [
        ...[...here, ...beside].map((repo) => join(repo, "blobs", digest.hex)),
        ...plain.map((folder) => join(folder, path)),
      ];
      for (const candidate of candidates) {
        const stats = await stat(candidate).catch(() => undefined);
        if (stats?.isFile() === true && stats.size === size && !(await isOther(candidate, file))) {
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
