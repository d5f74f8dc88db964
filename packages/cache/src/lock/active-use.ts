import { randomBytes } from "node:crypto";
import { lstat } from "node:fs/promises";
import { basename, join } from "node:path";
import { discard } from "../disk/durable-file.ts";
import { CacheError } from "../names/errors.ts";
import { isForeignPartial } from "../names/foreign-partial.ts";
import type { RepoLayout } from "../names/layout.ts";
import { listFolder } from "../disk/list-folder.ts";
import { tryLock, type FileLock } from "./lock.ts";
import { repoLockPath, withRepoLock } from "./repo-lock.ts";

const MARKER = /^(download|use)-[0-9a-f]{16}\.lock(?:\.soft)?$/;

/**
 * The reason why a repo must not be removed: a download into it, or a program that has loaded it.
 */
export interface ActiveUse {
  /** The lock that says so. */
  readonly path: string;
  readonly purpose: "download" | "use";
}

/**
 * Announces to all our other processes that a download into this repo is running, or with `purpose:
 * "use"` that its files are in use. It lasts until the returned function is called or this process
 * ends. Nothing is removed from the repo meanwhile. Waits for a removal in progress. Throws
 * `cache/locked`, `cache/not-writable`, and the signal's reason.
 */
export async function announceDownload(
  layout: RepoLayout,
  options: { signal?: AbortSignal | undefined; purpose?: ActiveUse["purpose"] } = {},
): Promise<() => Promise<void>> {
  const { purpose = "download" } = options;
  let mark = await setMark(layout, purpose);
  try {
    for (;;) {
      // First announce, then check for a removal. The removal does it in the opposite order, so one
      // sees the other.
      if (await isAtWork(layout)) await withRepoLock(layout, async () => {}, options);
      // The removal of a whole repo sweeps its folder of locks as well.
      if (await isStillThere(mark.path)) break;
      await mark.lock.release();
      mark = await setMark(layout, purpose);
    }
  } catch (error) {
    await mark.lock.release();
    await discard(mark.path);
    throw error;
  }
  const { path, lock } = mark;
  return async () => {
    await discard(path);
    await lock.release();
  };
}

// One that removes holds each sign for a moment to learn whether it is meant: one name in his hand is bad luck.
const NAMES_TO_TRY = 10;

async function setMark(
  layout: RepoLayout,
  purpose: ActiveUse["purpose"],
): Promise<{ path: string; lock: FileLock }> {
  let path = layout.locksDir;
  for (let tries = 0; tries < NAMES_TO_TRY; tries += 1) {
    path = join(layout.locksDir, `${purpose}-${randomBytes(8).toString("hex")}.lock`);
    const lock = await tryLock(path);
    if (lock !== undefined) return { path, lock };
  }
  throw new CacheError(`Cannot hold ${path}`, "cache/locked", {
    hint: "Run it again.",
    data: { path },
  });
}

async function isAtWork(layout: RepoLayout): Promise<boolean> {
  const path = repoLockPath(layout);
  const found = await Promise.all(
    [path, `${path}.soft`].map(async (name) => await lstat(name).catch(() => undefined)),
  );
  return found.some((stats) => stats !== undefined);
}

async function isStillThere(path: string): Promise<boolean> {
  const { entries } = await listFolder(join(path, ".."));
  const names = new Set(entries.map(({ name }) => name));
  return names.has(basename(path)) || names.has(`${basename(path)}.soft`);
}

/**
 * A download into this repo that is running, or another use of it. Undefined when there is none.
 * Our processes announce themselves. Python's client holds the lock of each blob it is writing.
 * Only locks of unfinished blobs are checked, since every lock file of a blob stays for ever.
 */
export async function findActiveUse(layout: RepoLayout): Promise<ActiveUse | undefined> {
  const partial = await listFolder(layout.partialDir);
  const blobs = await listFolder(layout.blobsDir);
  const unfinished = [
    ...partial.entries.map(({ name }) => name).filter((name) => name.endsWith(".data")),
    ...blobs.entries.map(({ name }) => name).filter(isForeignPartial),
  ];
  const hexes = new Set(unfinished.map((name) => name.split(".")[0] ?? ""));
  const locks = await listFolder(layout.locksDir);
  for (const { name } of locks.entries) {
    const [, purpose] = MARKER.exec(name) ?? [];
    const isMarker = purpose !== undefined;
    if (!isMarker && !hexes.has(basename(name, ".lock"))) continue;
    const path = join(layout.locksDir, isMarker ? name.replace(/\.soft$/, "") : name);
    const lock = await tryLock(path);
    if (lock === undefined) return { path, purpose: purpose === "use" ? "use" : "download" };
    // A process that set this sign is dead.
    if (isMarker) await discard(path);
    await lock.release();
  }
  return undefined;
}

/** The error for a repo that is not to be changed while it is downloaded into or in use. */
export function inUse({ repoId }: RepoLayout, { path, purpose }: ActiveUse): CacheError {
  return purpose === "use"
    ? new CacheError(`${repoId} is loaded by a program`, "cache/locked", {
        hint: "Unload it there, or end that program, and run again.",
        data: { repoId, path, purpose },
      })
    : new CacheError(`Somebody is downloading into ${repoId}`, "cache/locked", {
        hint: "Wait for that download to end, or stop it, and run again.",
        data: { repoId, path, purpose },
      });
}
