import { open, type FileHandle } from "node:fs/promises";
import type { BlobReader } from "../store/blob-source.ts";
import { createCovered } from "./covered.ts";
import type { ArrivedBytes } from "./upstream.ts";

/** A file on its way into the cache, which any number of clients read meanwhile. */
export interface Fill {
  /** A reader that waits for bytes that are not here yet. */
  open(): BlobReader;
  /** Resolves when the file is in the cache, verified. */
  readonly done: Promise<void>;
}

/** What a fill does, and where its file is in the end. */
export interface FillWork {
  /** In bytes. */
  readonly size: number;
  /** Brings the file into the cache. */
  readonly fetch: (told: {
    readonly onArrived: (bytes: ArrivedBytes) => void;
    readonly onReplaced: () => void;
  }) => Promise<void>;
  /** Where the verified file is, once it is fetched. */
  readonly path: () => Promise<string>;
}

/**
 * The last bytes of a file leave only after the whole was verified: a client that checks no digest gets no complete file
 * of wrong bytes.
 */
const WITHHELD_BYTES = 64 * 1024;

/** Starts a fill. The bytes are read from the disk as they arrive, so that a slow client costs no memory. */
export function startFill({ size, fetch, path }: FillWork): Fill {
  const covered = createCovered();
  let waiting: (() => void)[] = [];
  let data: Promise<FileHandle> | undefined;
  let users = 1;
  let isDone = false;
  let failure: { readonly error: unknown } | undefined;
  /** Raised when announced bytes were wrong: who has read before must not get a whole file. */
  let edition = 0;

  const wake = (): void => {
    const all = waiting;
    waiting = [];
    for (const one of all) one();
  };
  const leave = async (): Promise<void> => {
    users -= 1;
    if (users > 0) return;
    const last = data;
    data = undefined;
    const handle = await last?.catch(() => undefined);
    await handle?.close().catch(() => undefined);
  };
  const run = async (): Promise<void> => {
    try {
      await fetch({
        onArrived({ dataPath, start, end }) {
          data ??= open(dataPath, "r");
          data.catch(() => undefined);
          covered.add(start, end);
          wake();
        },
        onReplaced() {
          edition += 1;
        },
      });
      // The fill may have read a partial that another process finished, and small files are not announced.
      data ??= open(await path(), "r");
      await data;
      isDone = true;
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      wake();
      await leave();
    }
  };
  const done = run();
  done.catch(() => undefined);

  const readable = (position: number): number =>
    isDone ? size : Math.min(covered.endFrom(position), Math.max(0, size - WITHHELD_BYTES));

  return {
    done,
    open() {
      users += 1;
      if (isDone && data === undefined) {
        // All who read it before have left.
        data = path().then((finished) => open(finished, "r"));
        data.catch(() => undefined);
      }
      const opened = edition;
      let isOpen = true;
      return {
        async read(target, position) {
          if (position >= size) return 0;
          while (readable(position) <= position) {
            if (failure !== undefined) throw failure.error;
            await new Promise<void>((resolve) => waiting.push(resolve));
          }
          if (edition !== opened) throw new Error("bytes that were sent before proved wrong");
          const length = Math.min(target.byteLength, readable(position) - position);
          const handle = await data;
          if (handle === undefined) throw new Error("no bytes have arrived");
          return (await handle.read(target, 0, length, position)).bytesRead;
        },
        async close() {
          if (!isOpen) return;
          isOpen = false;
          await leave();
        },
      };
    },
  };
}
