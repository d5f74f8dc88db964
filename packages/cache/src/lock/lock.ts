import { type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolders } from "../disk/make-folders.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { CacheError } from "../names/errors.ts";
import { errnoOf } from "../disk/errno.ts";
import { fsError } from "../disk/fs-error.ts";
import { tryNativeLock } from "./native-lock.ts";
import { trySoftLock } from "./soft-lock.ts";

/**
 * A held lock. Other processes see it as busy until `release`, or until this process ends for any
 * reason.
 */
export interface FileLock {
  readonly path: string;
  /**
   * `flock` and `exlock` are flock(2), which Python's filelock contends with. `soft` is a file that exists while it is
   * held, for file systems without flock and for machines without flock(1).
   */
  readonly kind: "flock" | "exlock" | "soft";
  /** Frees the lock. A second call does nothing. */
  release(): Promise<void>;
}

const FOLDERS_TO_MAKE = 10;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 500;

/**
 * Takes the lock if it is free, else returns undefined at once. The file (mode 0664, as Python makes it) and its
 * folders are created, and a native lock's file stays. Throws `cache/not-writable`, `cache/damaged` on a planted link.
 */
export async function tryLock(path: string): Promise<FileLock | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryOnce(path);
    } catch (error) {
      // The removal of a repo takes its folder of locks along, at any moment.
      if (errnoOf(error) !== "ENOENT" || tries === FOLDERS_TO_MAKE) throw fsError(error, path);
    }
  }
}

async function tryOnce(path: string): Promise<FileLock | undefined> {
  await makeFolders(dirname(path));
  const taken = await tryNativeLock(path);
  if (taken === "busy") return undefined;
  if (taken === "no-flock-here") return await soft(path);
  // Where Python does have flock it leaves an empty file behind, which must not count as a soft lock.
  if (taken === "no-flock-command") return await soft(`${path}.soft`);
  return native(path, taken);
}

/**
 * Waits for the lock. `onWait` is told the ms waited so far, first when waiting starts and then at each further try.
 * Throws `cache/locked` after `timeoutMs` (default: no limit) and the signal's reason when aborted.
 */
export async function acquireLock(
  path: string,
  options: {
    signal?: AbortSignal | undefined;
    timeoutMs?: number | undefined;
    onWait?: ((waitedMs: number) => void) | undefined;
  } = {},
): Promise<FileLock> {
  const { signal, timeoutMs = Infinity, onWait } = options;
  const start = performance.now();
  let pause = FIRST_WAIT_MS;
  for (;;) {
    signal?.throwIfAborted();
    const lock = await tryLock(path);
    if (lock !== undefined) return lock;
    const waited = Math.round(performance.now() - start);
    if (waited >= timeoutMs) throw locked(path, waited);
    onWait?.(waited);
    await pauseFor(Math.min(pause, timeoutMs - waited), signal);
    pause = Math.min(pause * 2, LONGEST_WAIT_MS);
  }
}

async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** The error for a lock that another process holds. */
function locked(path: string, waitedMs: number): CacheError {
  return new CacheError(`Another process holds ${path}`, "cache/locked", {
    hint: "Wait for the other download of this file to end, or stop it, and run again.",
    data: { path, waitedMs },
  });
}

function native(path: string, taken: { kind: "flock" | "exlock"; file: FileHandle }): FileLock {
  let released: Promise<void> | undefined;
  return {
    path,
    kind: taken.kind,
    release: async () => await (released ??= taken.file.close()),
  };
}

async function soft(path: string): Promise<FileLock | undefined> {
  const remove = await trySoftLock(path);
  if (remove === undefined) return undefined;
  let released: Promise<void> | undefined;
  return { path, kind: "soft", release: async () => await (released ??= remove()) };
}
