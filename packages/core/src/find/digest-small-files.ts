import { forEachInLanes } from "@mlx-download/cache/writing";
import { createHash } from "node:crypto";
import { createDigester, type SnapshotFile } from "@mlx-download/cache";
import type { KnownFile } from "../settings/known-snapshot.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { ModelBytes } from "./model-bytes.ts";

const PIECE_BYTES = 8_000_000;
const CONCURRENCY = 4;

/**
 * The files with the SHA-256 of each. Those that the Hub names by their git hash are read, in pieces, and must have that
 * hash. Throws `transfer/checksum-mismatch`.
 */
export async function digestSmallFiles(
  files: readonly SnapshotFile[],
  bytes: ModelBytes,
  signal: AbortSignal,
): Promise<readonly KnownFile[]> {
  const known = new Map<string, KnownFile>();
  const read = async ({ path, size, digest }: SnapshotFile): Promise<void> => {
    const { hex } = digest;
    const file =
      digest.algorithm === "sha256"
        ? { path, size, sha256: hex }
        : { path, size, sha256: await sha256Of({ path, size, hex }, bytes), gitSha1: hex };
    known.set(path, file);
  };
  await forEachInLanes(files, read, { atOnce: CONCURRENCY, signal });
  return files.flatMap(({ path }) => known.get(path) ?? []);
}

async function sha256Of(
  { path, size, hex }: { readonly path: string; readonly size: number; readonly hex: string },
  bytes: ModelBytes,
): Promise<string> {
  const sha256 = createHash("sha256");
  const git = createDigester("git-sha1", size);
  for (let start = 0; start < size; start += PIECE_BYTES) {
    const end = Math.min(size, start + PIECE_BYTES);
    const piece = await bytes.read(path, { start, end });
    sha256.update(piece);
    git.update(piece);
  }
  const actual = git.digest();
  if (actual === hex) return sha256.digest("hex");
  throw new ModelDownloadError(
    `${path} is not what the listing says: its git hash is ${actual}`,
    "transfer/checksum-mismatch",
    {
      hint: "Run mlx-download verify to find damaged files in the cache, and repair to replace them.",
      data: { path, expected: `git-sha1:${hex}`, actual: `git-sha1:${actual}` },
    },
  );
}
