import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, open, rename, stat, unlink } from "node:fs/promises";
import { hostname, uptime } from "node:os";
import { errnoOf } from "../disk/errno.ts";
import { readSmallFile } from "../disk/read-small-file.ts";

/** As filelock: a file without a readable record is somebody's half-made lock only for so long. */
const MALFORMED_MS = 2000;

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

async function breakStale(path: string): Promise<boolean> {
  if (!(await isStale(path))) return false;
  // Moved aside and looked at again: in between another process may have broken it too and taken the lock anew.
  const aside = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch (error) {
    return errnoOf(error) === "ENOENT";
  }
  const stale = await isStale(aside);
  if (!stale) await link(aside, path).catch(() => {});
  await unlink(aside).catch(() => {});
  return stale;
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
