import type { Digest } from "@mlx-download/cache";
import { ModelDownloadError } from "../../contract/errors.ts";
import type { DiskReply, SystemError } from "./disk-jobs.ts";
import { type DiskLane, startDiskLane } from "./disk-lane.ts";

/** A file that the disk thread writes and hashes. */
export interface DiskBlob {
  /** Bytes hashed so far. */
  readonly hashed: number;
  /**
   * Writes bytes at `position`. Bytes that come next in hashing order are hashed on the way. Bytes in shared memory
   * (`takeBuffer`) are not copied, and must not change until this resolves. Rejects with the system's error.
   */
  readonly write: (bytes: Uint8Array, position: number) => Promise<void>;
  /** Tells how far the file is written without a gap from 0. */
  advance(frontier: number): void;
  /** The hex digest, once all is written (`advance(size)`) and hashed. */
  digest(): Promise<string>;
  /** Releases the file when nothing is being written. `digest` may then never resolve. */
  close(): void;
}

/** The blob that a file is to become. */
export interface OpenedBlob {
  readonly digest: Digest;
  readonly size: number;
  /** Whether it will be written. Otherwise it is only hashed. */
  readonly writable: boolean;
  /** Told for every 4 MiB, in order: the first 16 hex digits that the digest of all before `end` has. */
  readonly onPrefix?: ((end: number, hex: string) => void) | undefined;
}

/**
 * A thread that writes any number of files and hashes them behind their writers. Bytes that arrive in order are hashed
 * from memory and the rest through the page cache, so that no byte is read twice from the disk.
 */
export interface DiskThread {
  /**
   * Starts the thread, which the first `open` does otherwise: it takes some 30 ms to be ready. `onAlone` is told, at
   * once or later, when there can be none, so that this thread does the work.
   */
  start(onAlone?: (reason: unknown) => void): void;
  open(path: string, blob: OpenedBlob): DiskBlob;
  close(): Promise<void>;
}

// A message for every piece of eight connections would cost more than it tells.
const ADVANCE_BYTES = 4 * 1024 * 1024;

interface Job {
  take(reply: DiskReply): void;
  /** The thread is gone. */
  fail(error: ModelDownloadError): void;
}

/** Starts the thread with the first file that is opened. */
export function createDiskThread(): DiskThread {
  let lane: DiskLane | undefined;
  let alone: { readonly reason: unknown } | undefined;
  const curious: ((reason: unknown) => void)[] = [];
  let nextId = 0;
  const jobs = new Map<number, Job>();

  const startLane = (): DiskLane =>
    startDiskLane({
      take(replies) {
        for (const reply of replies) jobs.get(reply.id)?.take(reply);
      },
      die(message) {
        lane = undefined;
        for (const job of jobs.values()) job.fail(threadDied(message));
      },
      alone(reason) {
        alone = { reason };
        for (const tell of curious.splice(0)) tell(reason);
      },
    });

  return {
    start(onAlone) {
      lane ??= startLane();
      if (alone) onAlone?.(alone.reason);
      else if (onAlone) curious.push(onAlone);
    },
    open(path, { digest, size, writable, onPrefix }) {
      lane ??= startLane();
      const mine = lane;
      const id = nextId++;
      const [algorithm, prefix] =
        digest.algorithm === "sha256"
          ? (["sha256", ""] as const)
          : (["sha1", `blob ${size}\0`] as const);
      let hashed = 0;
      let told = 0;
      /** Why nothing can be written any more. */
      let over: Error | undefined;
      /** Writes that were not answered yet. Answers come in order. */
      const writes: PromiseWithResolvers<void>[] = [];
      const done = Promise.withResolvers<string>();
      // There may be no waiter yet when the thread fails. digest() still passes the error on.
      done.promise.catch(() => undefined);
      const cannotVerify = (message: string): Error =>
        new Error(`could not read ${path} to verify it: ${message}`);

      jobs.set(id, {
        take(reply) {
          if (reply.type === "prefix") onPrefix?.(reply.end, reply.hex);
          else if (reply.type === "digest") {
            hashed = size;
            done.resolve(reply.hex);
          } else if (reply.type === "failed") done.reject(cannotVerify(reply.message));
          else if (reply.type === "not-written") writes.shift()?.reject(systemError(reply.error));
          else {
            ({ hashed } = reply);
            if (reply.type === "written") writes.shift()?.resolve();
          }
        },
        fail(error) {
          over = error;
          done.reject(error);
          for (const { reject } of writes.splice(0)) reject(error);
        },
      });
      mine.hold(true);
      const prefixes = onPrefix !== undefined;
      mine.say({ id, type: "open", path, algorithm, prefix, size, prefixes, writable });
      return {
        get hashed() {
          return hashed;
        },
        write(bytes, position) {
          if (over !== undefined) return Promise.reject(over);
          const write = Promise.withResolvers<void>();
          writes.push(write);
          mine.say({ id, type: "write", bytes, position });
          return write.promise;
        },
        advance(frontier) {
          if (frontier - told < ADVANCE_BYTES && frontier < size) return;
          told = frontier;
          mine.say({ id, type: "frontier", frontier });
        },
        digest: () => done.promise,
        close() {
          if (!jobs.delete(id)) return;
          over = new Error(`${path} is closed`);
          if (jobs.size === 0) mine.hold(false);
          mine.say({ id, type: "close" });
        },
      };
    },
    async close() {
      const last = lane;
      lane = undefined;
      await last?.close();
    },
  };
}

function threadDied(message: string): ModelDownloadError {
  return new ModelDownloadError(
    `The thread that writes and verifies files has ended: ${message}`,
    "transfer/interrupted",
    { hint: "Run the command again. It continues with the bytes that are here." },
  );
}

function systemError({ message, code, syscall }: SystemError): NodeJS.ErrnoException {
  return Object.assign(new Error(message), {
    ...(code !== undefined && { code }),
    ...(syscall !== undefined && { syscall }),
  });
}
