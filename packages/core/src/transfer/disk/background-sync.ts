import { type FileHandle, open } from "node:fs/promises";
import { errnoOf } from "@mlx-download/cache/writing";
import type { Journal } from "./journal.ts";
import { syncData, syncHandle } from "@mlx-download/cache/writing";

/** Brings written bytes to the disk itself while a download runs, and marks in the journal how far that is. */
export interface BackgroundSync {
  /** Records that `bytes` more were written and journalled. Throws the error of an earlier failed sync. */
  wrote(bytes: number): void;
  /** Waits for a sync under way. */
  settle(): Promise<void>;
  /** Written bytes are lost: only ranges covered by a mark may be trusted. */
  readonly lost: boolean;
}

// A power cut costs no more than this, or than five seconds.
const SYNC_BYTES = 64 * 1024 * 1024;
const SYNC_MS = 5_000;
const LOSSES: ReadonlySet<string | undefined> = new Set(["EIO", "ENOSPC", "EDQUOT"]);

/** The files to sync: the data file, the folder that names it, and the journal that takes the marks. */
export interface SyncedFiles {
  readonly file: FileHandle;
  readonly folder: string;
  readonly journal: Journal;
}

/** Syncs `file` for every 64 MiB or five seconds of writing, one sync at a time. Writers do not wait for it. */
export function createBackgroundSync(
  { file, folder, journal }: SyncedFiles,
  limits: { readonly bytes: number; readonly ms: number } = { bytes: SYNC_BYTES, ms: SYNC_MS },
): BackgroundSync {
  let unsynced = 0;
  let since = performance.now();
  let syncing: Promise<void> | undefined;
  let failure: NodeJS.ErrnoException | undefined;
  let lost = false;
  let named = false;

  const sync = async (): Promise<void> => {
    // Every range before this offset was written before the sync begins.
    const offset = journal.length;
    try {
      if (!named) await syncFolder(folder);
      named = true;
      await syncData(file);
    } catch (error) {
      failure = error as NodeJS.ErrnoException;
      // The system has now forgotten which bytes it could not write, and a second try would claim success.
      lost = LOSSES.has(errnoOf(failure));
      return;
    }
    await journal.mark(offset).catch((error: unknown) => {
      failure = error as NodeJS.ErrnoException;
    });
  };
  return {
    get lost() {
      return lost;
    },
    wrote(bytes) {
      if (failure !== undefined) {
        if (LOSSES.has(failure.code)) throw failure;
        // A file system without sync: after a power cut nothing is believed, all else goes on.
        return;
      }
      unsynced += bytes;
      if (syncing !== undefined) return;
      if (unsynced < limits.bytes && performance.now() - since < limits.ms) return;
      unsynced = 0;
      since = performance.now();
      syncing = sync().finally(() => (syncing = undefined));
    },
    settle: () => syncing ?? Promise.resolve(),
  };
}

/** The name of a new file outlives a power cut only when its folder is on the disk, too. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await syncHandle(folder);
  } finally {
    await folder.close();
  }
}
