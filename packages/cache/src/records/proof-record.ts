import { readdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { formatDigest, PROOF_STEP_BYTES, type Digest } from "../digest/digest.ts";
import { discard, tempPath } from "../disk/durable-file.ts";
import type { RepoLayout } from "../names/layout.ts";
import { localMetadataDir } from "../names/local-dir.ts";
import { readSmallFile } from "../disk/read-small-file.ts";
import { ensureDirectory } from "../disk/real-directory.ts";

/** Hex digits kept of each beginning's digest. */
const DIGITS = 16;
// A blob of 2 TB.
const MAX_BYTES = 16 << 20;

/** The blob that a record is of. */
export interface ProvedBlob {
  readonly digest: Digest;
  readonly size: number;
}

/** Where proof records lie: below a repo's folder or a local dir, in a folder that no other client looks into. */
export interface ProofFolder {
  /** A real folder, or a link that the user chose. */
  readonly root: string;
  readonly directory: string;
}

/** The proof records of a repo in the cache. */
export function repoProofs(layout: RepoLayout): ProofFolder {
  return { root: layout.repoDir, directory: layout.proofsDir };
}

/** The proof records of a local dir. */
export function localProofs(localDir: string): ProofFolder {
  return { root: localDir, directory: join(localMetadataDir(localDir), ".proofs") };
}

/**
 * The digests of a blob's beginnings when the whole was verified: of the bytes before 4 MiB, 8 MiB
 * …, 16 hex digits each. They locate the first damaged 4 MiB of a blob that changed on the disk.
 * Undefined when there is no valid record of exactly this blob. A blob of one step needs none.
 */
export async function readProofRecord(
  folder: ProofFolder,
  blob: ProvedBlob,
): Promise<readonly string[] | undefined> {
  const text = await readSmallFile(pathOf(folder, blob), MAX_BYTES);
  const [header, digits = "", sum] = text?.split("\n") ?? [];
  const wanted = countOf(blob.size);
  if (text === undefined || header !== headerOf(blob) || sum !== checksum(digits)) return undefined;
  if (digits.length !== wanted * DIGITS || !/^[0-9a-f]*$/.test(digits)) return undefined;
  return Array.from({ length: wanted }, (_, index) =>
    digits.slice(index * DIGITS, (index + 1) * DIGITS),
  );
}

/**
 * Saves the beginnings of a blob whose digest was just verified. Saves nothing when they are too
 * few or too many for its size. Losing a record only costs a repair more bytes, so it is not synced
 * to the disk.
 */
export async function writeProofRecord(
  folder: ProofFolder,
  blob: ProvedBlob,
  beginnings: readonly string[],
): Promise<void> {
  if (beginnings.length === 0 || beginnings.length !== countOf(blob.size)) return;
  const digits = beginnings.join("");
  const path = pathOf(folder, blob);
  await ensureDirectory(folder.root, dirname(path));
  const temp = tempPath(folder.directory);
  try {
    await writeFile(temp, `${headerOf(blob)}\n${digits}\n${checksum(digits)}\n`, { flag: "wx" });
    await rename(temp, path);
  } catch (error) {
    await discard(temp);
    throw error;
  }
}

/** Removes the records (of Xet storage, too) whose blob `isHere` does not know any more. */
export async function sweepProofRecords(
  folder: ProofFolder,
  isHere: (hex: string) => boolean,
): Promise<void> {
  const names = await readdir(folder.directory).catch(() => []);
  const gone = names.filter(
    (name) => /^[0-9a-f]{40,64}(?:\.xet)?$/.test(name) && !isHere(name.split(".")[0] ?? ""),
  );
  for (const name of gone) await discard(join(folder.directory, name));
}

/** The range of the first damaged step, given a record and the beginnings of the bytes that are there. */
export function firstDamage(
  size: number,
  record: readonly string[],
  actual: readonly string[],
): { readonly start: number; readonly end: number } {
  const at = record.findIndex((hex, index) => hex !== actual[index]);
  const start = (at < 0 ? record.length : at) * PROOF_STEP_BYTES;
  return { start, end: Math.min(size, start + PROOF_STEP_BYTES) };
}

function pathOf(folder: ProofFolder, { digest }: ProvedBlob): string {
  return join(folder.directory, formatDigest(digest).split(":")[1] ?? "");
}

function countOf(size: number): number {
  return Math.max(0, Math.ceil(size / PROOF_STEP_BYTES) - 1);
}

function headerOf({ digest, size }: ProvedBlob): string {
  return `mlx-download-proof 1 ${formatDigest(digest)} ${size} ${PROOF_STEP_BYTES}`;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}
