import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CacheError } from "../names/errors.ts";
import { errnoOf } from "./errno.ts";
import { syncHandle } from "./sync-handle.ts";

/** A fresh name in a folder of unfinished things. */
export function tempPath(tempDir: string): string {
  return join(tempDir, `${randomBytes(8).toString("hex")}.tmp`);
}

/** Whether a name in a folder of unfinished things is a temporary file: ours, or a downloader's, who ends them alike. */
export function isTemp(name: string): boolean {
  return name.endsWith(".tmp");
}

/**
 * The mode that a new file gets in this folder: asked from the file system with a probe, since the process's umask
 * cannot be read without changing it and a folder may have a default ACL.
 */
async function newFileMode(tempDir: string): Promise<number> {
  const path = tempPath(tempDir);
  const probe = await open(path, "wx", 0o666);
  try {
    return (await probe.stat()).mode & 0o777;
  } finally {
    await probe.close();
    await unlink(path);
  }
}

/** Replaces `target` by a file of this content, so that a reader or a crash meets the old one or the new one whole. */
export async function replaceFile(target: string, content: string, tempDir: string): Promise<void> {
  await replaceBy(tempPath(tempDir), target, { content, mode: 0o666 });
}

/** The same for a file outside of any cache, by a hidden neighbour. `mode` is that of the new file, less the umask. */
export async function replaceBeside(
  target: string,
  content: string,
  mode: number = 0o666,
): Promise<void> {
  const name = `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`;
  await replaceBy(join(dirname(target), name), target, { content, mode });
}

async function replaceBy(
  temp: string,
  target: string,
  { content, mode }: { readonly content: string; readonly mode: number },
): Promise<void> {
  try {
    const file = await open(temp, "wx", mode);
    try {
      await file.writeFile(content);
      await syncFile(file);
    } finally {
      await file.close();
    }
    await rename(temp, target);
  } catch (error) {
    await discard(temp);
    throw error;
  }
  await syncDirectory(dirname(target));
}

/**
 * Moves the finished file `from` to `target` on the same file system. Its bytes reach the disk
 * before its new name does, and it gets the mode of a new file. An existing `target` is replaced. A
 * link is never written through. Throws `cache/size-mismatch` and changes nothing when the length
 * is not `size`.
 */
export async function moveIntoPlace(
  from: string,
  target: string,
  options: { size: number; tempDir: string },
): Promise<void> {
  // Reading suffices to sync on POSIX, and a copy of a shared payload is read-only.
  const access = process.platform === "win32" ? constants.O_RDWR : constants.O_NOFOLLOW;
  const file = await open(from, access);
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size !== options.size) {
      throw sizeMismatch(from, options.size, stats.size);
    }
    const mode = await newFileMode(options.tempDir);
    if ((stats.mode & 0o777) !== mode) await file.chmod(mode);
    await syncFile(file);
  } finally {
    await file.close();
  }
  await rename(from, target);
  await syncDirectory(dirname(target));
}

/** Puts the folder's list of names on the disk, where the file system can do that. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  try {
    const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await syncHandle(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Folders without read permission refuse this too. The names are there all the same.
    if (!cannotSync(error) && !["EPERM", "EACCES"].includes(errnoOf(error) ?? "")) throw error;
  }
}

/** Puts a file's bytes on the disk, where the file system can do that (network and FUSE file systems may not). */
async function syncFile(file: FileHandle): Promise<void> {
  try {
    await syncHandle(file);
  } catch (error) {
    if (!cannotSync(error)) throw error;
  }
}

function cannotSync(error: unknown): boolean {
  const errno = errnoOf(error) ?? "";
  return ["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EBADF", "EISDIR"].includes(errno);
}

/** Removes a file of ours that may be gone already. */
export async function discard(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}

/** The error for a file that is not as long as it was said to be. */
export function sizeMismatch(path: string, expected: number, actual: number): CacheError {
  return new CacheError(
    `${path} has ${actual} bytes instead of ${expected}`,
    "cache/size-mismatch",
    {
      hint: "Download it again: nothing was put in place.",
      data: { path, expected, actual },
    },
  );
}
