import type { Dirent, Stats } from "node:fs";
import { lstat, readdir, readlink, rm, stat, symlink, utimes } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { makeFolders } from "../disk/make-folders.ts";
import type { CopyMeter } from "../disk/copy-meter.ts";
import { digestFile, digestOfHex } from "../digest/digest.ts";
import { isTemp, moveIntoPlace, syncDirectory, tempPath } from "../disk/durable-file.ts";
import { CacheError } from "../names/errors.ts";
import { lfsPointerId } from "../digest/lfs-pointer.ts";
import { readPieces, writeProved } from "../digest/write-proved.ts";
import { isForeignPartial } from "../names/foreign-partial.ts";

/** Source and target of a copy. */
export interface CopyTree {
  readonly signal?: AbortSignal | undefined;
  /** Hears of what `measureTree` counts. */
  readonly meter?: CopyMeter | undefined;
  /** Absolute. */
  readonly source: string;
  /** Absolute. A folder of ours, which may hold a part of the copy already. */
  readonly target: string;
  /** For files in progress. On the target's file system, outside of it or skipped. */
  readonly tempDir: string;
  /** Names directly below the source that are left out. */
  readonly skip?: readonly string[] | undefined;
  /** Whether entries of the target that the source lacks are removed. Default: false. */
  readonly exact?: boolean | undefined;
}

/**
 * Makes `target` a copy of `source` and reads every file twice. The bytes read must have the digest
 * in their name (`cache/digest-mismatch` for a damaged blob), and the bytes written are read again.
 * Files with the same length and time count as copied, since a copy gets its time last. Relative
 * links inside the tree stay links. A link that leads out of it becomes the file it leads to, or an
 * absolute link to a folder.
 */
export async function copyTree(options: CopyTree): Promise<void> {
  await makeFolders(options.target);
  await makeFolders(options.tempDir);
  await copyFolder(options.source, options.target, options);
}

/** The files of a tree that are not copied yet, and their bytes. */
export async function measureTree({
  source,
  target,
  skip = [],
}: CopyTree): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  for (const entry of await readdir(source, { withFileTypes: true, recursive: true })) {
    const from = join(entry.parentPath, entry.name);
    const inside = from.slice(source.length + 1);
    const names = inside.split(sep);
    if (skip.includes(names[0] ?? "") || names.some(isPassing)) continue;
    if (entry.isSymbolicLink() ? await staysLink(from, source) : !entry.isFile()) continue;
    const stats = await stat(from).catch(() => undefined);
    if (stats === undefined || (await isCopied(stats, join(target, inside)))) continue;
    sum.files += 1;
    sum.bytes += stats.size;
  }
  return sum;
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
      await makeFolders(to);
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
  return isTemp(name) || isForeignPartial(name) || /\.(?:gone|shared)$/.test(name);
}

async function copyLink(from: string, to: string, options: CopyTree): Promise<void> {
  if (!(await staysLink(from, options.source))) {
    await copyProved(from, to, options);
    return;
  }
  const text = await readlink(from);
  const hop = resolve(dirname(from), text);
  // A whole repo on another disk, or a dangling link, stays a link.
  await placeLink(hop.startsWith(options.source + sep) ? text : hop, to);
}

/**
 * Whether a link is copied as a link. Otherwise it is copied as the file outside the tree that it
 * leads to.
 */
async function staysLink(from: string, source: string): Promise<boolean> {
  if (resolve(dirname(from), await readlink(from)).startsWith(source + sep)) return true;
  return (await stat(from).catch(() => undefined))?.isFile() !== true;
}

async function isCopied(stats: Stats, to: string): Promise<boolean> {
  const there = await lstat(to).catch(() => undefined);
  const sameTime = there !== undefined && Math.abs(there.mtimeMs - stats.mtimeMs) < 2;
  return there?.isFile() === true && there.size === stats.size && sameTime;
}

async function placeLink(text: string, to: string): Promise<void> {
  if ((await readlink(to).catch(() => undefined)) === text) return;
  await rm(to, { force: true });
  await symlink(text, to);
}

async function copyProved(from: string, to: string, options: CopyTree): Promise<void> {
  const stats = await stat(from);
  if (await isCopied(stats, to)) return;
  const { signal, meter } = options;
  // Written, then read again: each is half of the way.
  const half = (bytes: number): void => meter?.onBytes(bytes / 2);
  const named = basename(dirname(from)) === "blobs" ? digestOfHex(basename(from)) : undefined;
  const digest = named ?? (await digestFile(from, "sha256", { signal }));
  const temp = tempPath(options.tempDir);
  const { size } = stats;
  const blobId = lfsPointerId(digest.hex, size);
  await writeProved(readPieces(from), temp, {
    signal,
    onBytes: half,
    file: { path: from, size, digest, blobId },
  });
  let read = 0;
  const written = await digestFile(temp, digest.algorithm, {
    signal,
    onProgress(total) {
      half(total - read);
      read = total;
    },
  });
  if (written.hex !== digest.hex) {
    await rm(temp, { force: true });
    throw new CacheError(
      `The disk returned other bytes than were written to ${to}`,
      "cache/digest-mismatch",
      {
        hint: "Nothing was moved. Check the target disk.",
        data: { path: to, expected: digest.hex, actual: written.hex },
      },
    );
  }
  await rm(to, { force: true });
  await utimes(temp, stats.atime, stats.mtime);
  await moveIntoPlace(temp, to, { size, tempDir: options.tempDir });
  meter?.onFile();
}
