import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type FileLock, tryLock } from "@mlx-download/cache/writing";
import type { DownloadEventBody } from "../contract/events.ts";

/**
 * The outcome of asking for a blob: the lock, a blob that another program published meanwhile (nothing to do), or
 * permission to go on without the lock because its holder shows no sign of life.
 */
export type Claim =
  | { readonly kind: "locked"; readonly lock: FileLock }
  | { readonly kind: "published" }
  | { readonly kind: "abandoned" };

const POLL_MS = 250;
const LONGEST_LOOK_MS = 5_000;
const SAY_EVERY_MS = 10_000;
// Our processes touch their journal every ten seconds, and Python's files grow. The lock saves bandwidth, not
// correctness (temp names are unique, publishing is a rename), so a frozen holder must not block other processes for
// ever.
const ABANDONED_AFTER_MS = 60_000;

/** Waits until the blob is ours to download, or done. Rejects with the signal's reason when aborted. */
export async function claimBlob(
  blob: {
    readonly path: string;
    readonly lockPath: string;
    /** Files that grow while another program downloads these bytes. */
    readonly growing: () => Promise<readonly string[]>;
    readonly isPublished: () => Promise<boolean>;
  },
  io: {
    readonly signal: AbortSignal;
    readonly emit: (event: DownloadEventBody) => void;
    /** So long without a sign of life, in ms, and the holder is passed over. */
    readonly abandonedAfterMs?: number | undefined;
  },
): Promise<Claim> {
  const { abandonedAfterMs = ABANDONED_AFTER_MS } = io;
  let lastSign = "";
  let quietMs = 0;
  let lastLook = performance.now();
  let nextWord = 0;
  for (;;) {
    io.signal.throwIfAborted();
    const lock = await tryLock(blob.lockPath);
    if (lock !== undefined) {
      if (!(await blob.isPublished())) return { kind: "locked", lock };
      await lock.release();
      return { kind: "published" };
    }
    if (await blob.isPublished()) return { kind: "published" };

    const now = performance.now();
    // While this machine sleeps the holder does so too: only the time between two looks counts.
    quietMs += Math.min(now - lastLook, LONGEST_LOOK_MS);
    lastLook = now;
    const sign = await signOfLife(await blob.growing());
    if (sign !== lastSign) {
      lastSign = sign;
      quietMs = 0;
    } else if (quietMs > abandonedAfterMs) return { kind: "abandoned" };

    if (now >= nextWord) {
      nextWord = now + SAY_EVERY_MS;
      io.emit({
        type: "waiting",
        reason: "locked",
        path: blob.path,
        delayMs: null,
        message: `another program is downloading ${blob.path}`,
      });
    }
    await sleep(POLL_MS, undefined, { signal: io.signal });
  }
}

async function signOfLife(paths: readonly string[]): Promise<string> {
  const stats = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return stats.map((entry) => `${entry?.mtimeMs}:${entry?.size}`).join(" ");
}
