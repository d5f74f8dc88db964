import { constants } from "node:fs";
import { open, stat, unlink } from "node:fs/promises";
import { hostname, uptime } from "node:os";
import { errnoOf } from "../disk/errno.ts";
import { readSmallFile } from "../disk/read-small-file.ts";

/**
 * As in filelock: a file without a readable record counts as a lock being made only for this long.
 */
const MALFORMED_MS = 2000;
const BREAKING_MS = 10_000;

/**
 * A lock that is held while the file exists, with the holder's pid and host name in it, one a line (the format of
 * filelock's SoftFileLock). Returns how to free it, or undefined when it is held. A holder on this host that is dead,
 * or that wrote the file before this machine started, does not count.
 */
export async function trySoftLock(path: string): Promise<(() => Promise<void>) | undefined> {
  const record = `${process.pid}\n${hostname()}\n`;
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await create(path, record)) return async () => await remove(path, record);
    if (!(await breakStale(path))) return undefined;
  }
  return undefined;
}

async function create(path: string, record: string): Promise<boolean> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  try {
    const file = await open(path, flags | (constants.O_NOFOLLOW ?? 0), 0o644);
    try {
      await file.writeFile(record);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function remove(path: string, record: string): Promise<void> {
  if ((await readSmallFile(path, 1024)) === record) await unlink(path);
}

/**
 * Removes a stale lock, under a lock of its own: without it, a second breaker that has looked at the same stale file would
 * remove the one that the first has taken since. True when the lock may be tried for again.
 */
async function breakStale(path: string): Promise<boolean> {
  if (!(await isStale(path))) return false;
  const guard = `${path}.breaking`;
  if (!(await create(guard, ""))) {
    // Breaking a lock takes moments. An older file was left by a process that was killed while
    // doing it.
    if (await isOlder(guard, BREAKING_MS)) await unlink(guard).catch(() => {});
    return false;
  }
  try {
    // Checked again: another process may have broken it and taken the lock again.
    if (!(await isStale(path))) return false;
    await unlink(path).catch((error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
    });
    return true;
  } finally {
    await unlink(guard).catch(() => {});
  }
}

async function isOlder(path: string, ms: number): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > ms;
}

async function isStale(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return true;
  const [pid, host] = ((await readSmallFile(path, 1024)) ?? "").split("\n");
  const ageMs = Date.now() - stats.mtimeMs;
  if (!pid || !host || !/^[1-9][0-9]{0,9}$/.test(pid)) return ageMs > MALFORMED_MS;
  if (host !== hostname()) return false;
  return ageMs > uptime() * 1000 || !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== "ESRCH";
  }
}
