import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { discard } from "../disk/durable-file.ts";
import type { ProofFolder } from "./proof-record.ts";
import { readSmallFile } from "../disk/read-small-file.ts";
import { ensureDirectory } from "../disk/real-directory.ts";

/** A file on the disk as it was when it was verified. */
export interface FileIdentity {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

// After this time a file is verified again: a disk can corrupt a file without touching its times.
const TRUST_MS = 24 * 3_600_000;
const MAX_BYTES = 16 << 20;

/**
 * The results of an interrupted verification, so that the next one resumes there: one line per
 * blob, valid for a day and while size, mtime and inode stay the same. A verification that
 * completes removes it.
 */
export async function readVerified(
  folder: ProofFolder,
): Promise<(hex: string, file: FileIdentity) => boolean> {
  const text = (await readSmallFile(pathOf(folder), MAX_BYTES)) ?? "";
  const oldest = Date.now() - TRUST_MS;
  const known = new Set<string>();
  for (const line of text.split("\n")) {
    const [at, ...facts] = line.split(" ");
    if (facts.length === 4 && Number(at) > oldest && Number(at) <= Date.now()) {
      known.add(facts.join(" "));
    }
  }
  return (hex, file) => known.has(factsOf(hex, file));
}

/** Notes that a blob was verified just now. */
export async function noteVerified(
  folder: ProofFolder,
  hex: string,
  file: FileIdentity,
): Promise<void> {
  await ensureDirectory(folder.root, folder.directory);
  await appendFile(pathOf(folder), `${Date.now()} ${factsOf(hex, file)}\n`);
}

/** Deletes the results: the verification is complete. */
export async function forgetVerified(folder: ProofFolder): Promise<void> {
  await discard(pathOf(folder));
}

function pathOf(folder: ProofFolder): string {
  return join(folder.directory, "verified");
}

function factsOf(hex: string, { size, mtimeMs, ino }: FileIdentity): string {
  return `${hex} ${size} ${mtimeMs} ${ino}`;
}
