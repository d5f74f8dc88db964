import { readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  digestFile,
  formatDigest,
  readTreeRecord,
  type RepoLayout,
  type SnapshotFile,
  snapshotPath,
} from "@mlx-download/cache";
import type { KnownSnapshot } from "../settings/known-snapshot.ts";
import { ModelDownloadError } from "../contract/errors.ts";

/**
 * Refuses files that differ from those that a Hub listed for this commit, where the cache has that listing. Throws
 * `transfer/checksum-mismatch` and `transfer/size-mismatch`.
 */
export async function checkListed(
  layout: RepoLayout,
  { repoId, commit }: KnownSnapshot,
  files: readonly SnapshotFile[],
): Promise<void> {
  const listing = await readTreeRecord(layout, commit);
  if (listing === undefined) return;
  const listed = new Map(listing.map((file) => [file.path, file]));
  for (const { path, size, digest } of files) {
    const own = listed.get(path);
    const isSame = own?.size === size && formatDigest(own.digest) === formatDigest(digest);
    if (isSame) continue;
    const what =
      own === undefined
        ? "the commit has no such file"
        : own.size === size
          ? `the Hub lists ${formatDigest(own.digest)}`
          : `the Hub lists ${own.size} bytes, not ${size}`;
    throw notAsAsked(
      { repoId, path, what },
      own !== undefined && own.size !== size
        ? "transfer/size-mismatch"
        : "transfer/checksum-mismatch",
      {
        commit,
        expected: formatDigest(digest),
        actual: own === undefined ? null : formatDigest(own.digest),
      },
    );
  }
}

/**
 * The paths of files in a snapshot that lead to other bytes than those of `files`. A link names them by its end, a plain
 * file is read.
 */
export async function findOthersBytes(
  layout: RepoLayout,
  commit: string,
  files: readonly SnapshotFile[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const others = new Set<string>();
  for (const { path, digest } of files) {
    const place = snapshotPath(layout, commit, path);
    const target = await readlink(place).catch(() => undefined);
    const hex =
      target === undefined
        ? (await digestFile(place, digest.algorithm, { signal })).hex
        : basename(target);
    if (hex !== digest.hex) others.add(path);
  }
  return others;
}

/**
 * Verifies by SHA-256 the files of a known snapshot that the Hub, and so the cache, names by the weaker SHA-1 of git: a
 * few megabytes of configuration and tokenizer. All others were verified by it on arrival. Throws
 * `transfer/checksum-mismatch`.
 */
export async function verifyKnown(
  { repoId, commit, files }: KnownSnapshot,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  for (const { path, sha256, gitSha1 } of files) {
    if (gitSha1 === undefined) continue;
    const { hex } = await digestFile(join(folder, path), "sha256", { signal });
    if (hex === sha256) continue;
    const data = { commit, expected: `sha256:${sha256}`, actual: `sha256:${hex}` };
    throw notAsAsked(
      { repoId, path, what: `its SHA-256 is ${hex}` },
      "transfer/checksum-mismatch",
      data,
    );
  }
}

function notAsAsked(
  { repoId, path, what }: { readonly repoId: string; readonly path: string; readonly what: string },
  code: "transfer/checksum-mismatch" | "transfer/size-mismatch",
  data: Readonly<Record<string, unknown>>,
): ModelDownloadError {
  return new ModelDownloadError(`${path} of ${repoId} is not as it was asked for: ${what}`, code, {
    hint: "If a lock asked for it, take the lock from your repository again. Nothing of it is installed.",
    repoId,
    data: { path, ...data },
  });
}
