import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, lstat, open, readdir, readlink, rename, unlink } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";

import { discard } from "../disk/durable-file.ts";
import { errnoOf } from "../disk/errno.ts";
import { acquireLock } from "../lock/lock.ts";
import { isInStore, isPayloadName, STORE_MARKER } from "./shared-store.ts";
import { readSmallFile } from "../disk/read-small-file.ts";
import { syncHandle } from "../disk/sync-handle.ts";

/** Far above any real list: a line a repo. */
const MAX_MANIFEST_BYTES = 16 << 20;
const WAIT_MS = 10_000;

/**
 * The blobs (absolute paths) that really lead to a payload of the shared store, by its `.refs` list, each line of which
 * is held against the disk (huggingface_hub's `_shared_blobs.py`). Undefined where no such list can be read: the payload
 * may then be in use.
 */
export async function sharedUsers(
  cacheDir: string,
  payload: string,
): Promise<readonly string[] | undefined> {
  if (!(await isPayload(cacheDir, payload))) return undefined;
  const manifest = await lstat(`${payload}.refs`).catch(() => undefined);
  if (manifest?.isFile() !== true) return undefined;
  const text = await readSmallFile(`${payload}.refs`, MAX_MANIFEST_BYTES);
  if (text === undefined) return undefined;
  const users = new Set<string>();
  for (const line of text.split("\n")) {
    const [repo, blobs, name, ...rest] = line.split("/");
    if (!repo || blobs !== "blobs" || !name || rest.length > 0) continue;
    if (!/^(?:models|datasets|spaces)--[^\\\0\r]+$/.test(repo) || /^\.\.?$|[\\\0\r]/.test(name))
      continue;
    const blob = join(cacheDir, repo, "blobs", name);
    const hop = await readlink(blob).catch((error: unknown) => {
      // EINVAL: not a link. A file that this user may not read may be in use.
      if (["ENOENT", "ENOTDIR", "EINVAL"].includes(errnoOf(error) ?? "")) return undefined;
      return null;
    });
    if (hop === null) return undefined;
    if (hop !== undefined && resolve(dirname(blob), hop) === payload) users.add(blob);
  }
  return [...users].toSorted((a, b) => (a < b ? -1 : 1));
}

/**
 * Removes a payload of the shared store that no repo leads to any more, by the store's own protocol: under its lock, only
 * where its list of users says so. Returns the bytes freed. Where flock(2) is not to be had nothing is touched, and
 * `hf cache prune` does it.
 */
export async function sweepPayload(cacheDir: string, payload: string): Promise<number> {
  if ((await sharedUsers(cacheDir, payload)) === undefined) return 0;
  const lockFile = await lstat(`${payload}.lock`).catch(() => undefined);
  if (lockFile !== undefined && !lockFile.isFile()) return 0;
  const lock = await acquireLock(`${payload}.lock`, { timeoutMs: WAIT_MS }).catch(() => undefined);
  if (lock === undefined) return 0;
  try {
    if (lock.kind === "soft") return 0;
    // Another user of a shared cache must be able to take the same lock. Only its owner can allow
    // that.
    if (lockFile === undefined) await chmod(lock.path, 0o666).catch(() => {});
    const users = await sharedUsers(cacheDir, payload);
    if (users === undefined) return 0;
    if (users.length > 0) {
      await rewrite(cacheDir, payload, users);
      return 0;
    }
    const { size } = await lstat(payload);
    await unlink(payload);
    await discard(`${payload}.refs`);
    return size;
  } catch {
    // The next prune, ours or Python's, finds the rest.
    return 0;
  } finally {
    await lock.release();
  }
}

/** Payloads of the store whose list names no user any more. Empty without a store. */
export async function orphanedPayloads(
  cacheDir: string,
): Promise<readonly { path: string; size: number }[]> {
  const store = join(cacheDir, "blobs");
  const orphans: { path: string; size: number }[] = [];
  for (const prefix of await readdir(store).catch(() => [])) {
    if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
    for (const name of await readdir(join(store, prefix)).catch(() => [])) {
      const path = join(store, prefix, name);
      if (!isPayloadName(join(prefix, name))) continue;
      if ((await sharedUsers(cacheDir, path))?.length !== 0) continue;
      orphans.push({ path, size: (await lstat(path)).size });
    }
  }
  return orphans;
}

async function isPayload(cacheDir: string, payload: string): Promise<boolean> {
  const store = join(cacheDir, "blobs");
  if (!isInStore(cacheDir, payload) || !isPayloadName(relative(store, payload))) return false;
  const marker = join(store, STORE_MARKER);
  const [folder, mark, file] = await Promise.all([
    lstat(dirname(payload)).catch(() => undefined),
    lstat(marker).catch(() => undefined),
    lstat(payload).catch(() => undefined),
  ]);
  if (!folder?.isDirectory() || !mark?.isFile() || !file?.isFile()) return false;
  return (await readSmallFile(marker, 16)) === "1\n";
}

async function rewrite(cacheDir: string, payload: string, users: readonly string[]): Promise<void> {
  const temp = `${payload}.refs.${randomBytes(4).toString("hex")}.tmp`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  try {
    const file = await open(temp, flags, 0o666);
    try {
      const lines = users.map(
        (user) => `${user.slice(cacheDir.length + 1).replaceAll(sep, "/")}\n`,
      );
      await file.writeFile(lines.join(""));
      await file.chmod(0o666);
      await syncHandle(file);
    } finally {
      await file.close();
    }
    await rename(temp, `${payload}.refs`);
  } catch (error) {
    await discard(temp);
    throw error;
  }
}
