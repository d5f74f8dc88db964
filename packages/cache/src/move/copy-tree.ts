import type { Dirent } from "node:fs";
import { lstat, mkdir, readdir, readlink, rm, stat, symlink, utimes } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { digestFile, type DigestAlgorithm } from "../digest.ts";
import { isTemp, moveIntoPlace, syncDirectory, tempPath } from "../durable-file.ts";
import { CacheError } from "../errors.ts";
import { lfsPointerId } from "../lfs-pointer.ts";
import { readPieces, writeProved, type ProveOptions } from "../export/write-proved.ts";

/** What is copied where. */
export interface CopyTree extends ProveOptions {
  /** Absolute. */
  readonly source: string;
  /** Absolute; a folder of ours, which may hold a part of the copy already. */
  readonly target: string;
  /** For files on their way; on the target's file system, outside of it or skipped. */
  readonly tempDir: string;
  /** Names directly below the source that are left out. */
  readonly skip?: readonly string[] | undefined;
  /** What the target holds beyond the source goes; default false. */
  readonly exact?: boolean | undefined;
}

/**
 * Makes `target` a copy of `source`, every file read twice: the bytes that were read have the digest that their name
 * says (`cache/digest-mismatch` for a damaged blob), and what was written is read again. Files that are there with the
 * same length and time are taken for copied, since a copy gets its time last. Relative links inside the tree stay
 * links; a link that leads out of it becomes the file it leads to, or an absolute link to a folder.
 */
export async function copyTree(options: CopyTree): Promise<void> {
  await mkdir(options.target, { recursive: true });
  await mkdir(options.tempDir, { recursive: true });
  await copyFolder(options.source, options.target, options);
}

async function copyFolder(source: string, target: string, options: CopyTree): Promise<void> {
  const entries = await readdir(source, { withFileTypes: true });
  const atTop = source === options.source;
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    options.signal?.throwIfAborted();
    if ((atTop && options.skip?.includes(entry.name) === true) || isPassing(entry.name)) continue;
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory()) {
      await mkdir(to, { recursive: true });
      await copyFolder(from, to, options);
    } else if (entry.isSymbolicLink()) {
      await copyLink(from, to, options);
    } else if (entry.isFile()) {
      await copyProved(from, to, options);
    }
  }
  if (options.exact === true) await removeOthers(target, entries, options);
  const { atime, mtime } = await stat(source);
  await utimes(target, atime, mtime);
  await syncDirectory(target);
}

async function removeOthers(
  target: string,
  entries: readonly Dirent[],
  { tempDir, skip = [] }: CopyTree,
): Promise<void> {
  const wanted = new Set(entries.map(({ name }) => name));
  for (const name of await readdir(target)) {
    const path = join(target, name);
    const keeps = wanted.has(name) && !isPassing(name);
    if (keeps || skip.includes(name) || tempDir.startsWith(path)) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** Temporary files of runs that are going on or dead. */
function isPassing(name: string): boolean {
  return isTemp(name) || /\.(?:gone|incomplete|shared)$/.test(name);
}

async function copyLink(from: string, to: string, options: CopyTree): Promise<void> {
  const text = await readlink(from);
  const hop = resolve(dirname(from), text);
  if (hop.startsWith(options.source + sep)) {
    await placeLink(text, to);
    return;
  }
  const stats = await stat(from).catch(() => undefined);
  if (stats?.isFile() === true) await copyProved(from, to, options);
  // A whole repo on another disk, or a link to nothing: it stays what it is.
  else await placeLink(hop, to);
}

async function placeLink(text: string, to: string): Promise<void> {
  if ((await readlink(to).catch(() => undefined)) === text) return;
  await rm(to, { force: true });
  await symlink(text, to);
}

async function copyProved(from: string, to: string, options: CopyTree): Promise<void> {
  const stats = await stat(from);
  const there = await lstat(to).catch(() => undefined);
  const sameTime = there !== undefined && Math.abs(there.mtimeMs - stats.mtimeMs) < 2;
  if (there?.isFile() === true && there.size === stats.size && sameTime) return;
  const name = basename(from);
  const inBlobs = basename(dirname(from)) === "blobs";
  const algorithm: DigestAlgorithm = inBlobs && /^[0-9a-f]{40}$/.test(name) ? "git-sha1" : "sha256";
  const named = inBlobs && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name);
  const digest = named ? { algorithm, hex: name } : await digestFile(from, algorithm, options);
  const temp = tempPath(options.tempDir);
  const { size } = stats;
  const blobId = lfsPointerId(digest.hex, size);
  await writeProved(readPieces(from), temp, {
    ...options,
    file: { path: from, size, digest, blobId },
  });
  const written = await digestFile(temp, algorithm, { signal: options.signal });
  if (written.hex !== digest.hex) {
    await rm(temp, { force: true });
    throw new CacheError(
      `The disk did not keep what was written to ${to}`,
      "cache/digest-mismatch",
      {
        hint: "Nothing was moved; check the disk that you are moving to.",
        data: { path: to, expected: digest.hex, actual: written.hex },
      },
    );
  }
  await rm(to, { force: true });
  await utimes(temp, stats.atime, stats.mtime);
  await moveIntoPlace(temp, to, { size, tempDir: options.tempDir });
}
