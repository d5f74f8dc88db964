import { createHash } from "node:crypto";
import { lstat, readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import { digestFile } from "../digest/digest.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import { CacheError } from "../names/errors.ts";
import { MANIFEST_FILE } from "./manifest.ts";

/** A name for the unfinished folder that the next run of the same export finds again: 16 hex digits of its manifest. */
export function resumeName(manifest: string): string {
  return createHash("sha256").update(manifest).digest("hex").slice(0, 16);
}

/** Whether a file is there with the bytes that it should have, which are read for that. */
export async function isProved(
  place: string,
  { size, digest }: SnapshotFile,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const stats = await lstat(place).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size !== size) return false;
  return (await digestFile(place, digest.algorithm, { signal })).hex === digest.hex;
}

/** Whether `folder` is a finished export with this manifest. Its files are not looked at. */
export async function hasManifest(folder: string, manifest: string): Promise<boolean> {
  const there = await readFile(join(folder, MANIFEST_FILE), "utf8").catch(() => undefined);
  return there === manifest;
}

/** FAT32, as Linux numbers it (statfs(2)). exFAT has no such limit. */
const MSDOS = 0x4d44;
const FAT_MOST_BYTES = 2 ** 32 - 1;

/**
 * Refuses a file that the disk of `folder` cannot hold before any byte is copied. `type` is the file system's, for
 * tests. Throws `cache/disk-full`.
 */
export async function refuseTooLarge(
  folder: string,
  files: readonly SnapshotFile[],
  type?: number,
): Promise<void> {
  const largest = files.find(({ size }) => size > FAT_MOST_BYTES);
  if (largest === undefined) return;
  const kind = type ?? (await statfs(folder).catch(() => undefined))?.type;
  if (kind !== MSDOS) return;
  throw new CacheError(
    `${largest.path} has more than 4 GB, which the FAT file system of ${folder} cannot hold`,
    "cache/disk-full",
    {
      hint: "Format the disk as exFAT or APFS, or name a folder on another one.",
      data: { path: largest.path, size: largest.size, mostBytes: FAT_MOST_BYTES },
    },
  );
}
