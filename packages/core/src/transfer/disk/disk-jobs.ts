import { createHash, type Hash } from "node:crypto";
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";

/**
 * Messages of the main thread, sent one at a time with a ring of the bell: open a blob, write bytes of it, its frontier
 * moved, or release it.
 */
export type DiskRequest =
  | {
      readonly id: number;
      readonly type: "open";
      readonly path: string;
      readonly algorithm: "sha256" | "sha1";
      /** Hashed before the file's bytes (git's blob header). */
      readonly prefix: string;
      readonly size: number;
      /** Whether the digests of the blob's beginnings are wanted. */
      readonly prefixes: boolean;
      readonly writable: boolean;
    }
  | {
      readonly id: number;
      readonly type: "write";
      /** Shared memory, not to be changed before the answer. */
      readonly bytes: Uint8Array;
      readonly position: number;
    }
  | { readonly id: number; readonly type: "frontier"; readonly frontier: number }
  | { readonly id: number; readonly type: "close" };

/**
 * Messages of the worker, several at a time: the hashing position, the digest of a prefix, the final digest, or a read
 * error. For each write, in order: it is done, or why it failed.
 */
export type DiskReply =
  | { readonly id: number; readonly type: "hashed"; readonly hashed: number }
  | { readonly id: number; readonly type: "prefix"; readonly end: number; readonly hex: string }
  | { readonly id: number; readonly type: "digest"; readonly hex: string }
  | { readonly id: number; readonly type: "failed"; readonly message: string }
  | { readonly id: number; readonly type: "written"; readonly hashed: number }
  | { readonly id: number; readonly type: "not-written"; readonly error: SystemError };

/** A system error as it can be sent: a cloned `Error` loses its code. */
export interface SystemError {
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
}

interface Job {
  readonly id: number;
  readonly descriptor: number;
  readonly hash: Hash;
  readonly size: number;
  readonly prefixes: boolean;
  hashed: number;
  frontier: number;
  /** `proved`: its digest was reported, so none of its bytes may change any more. */
  state: "open" | "proved" | "failed";
}

/** A digest of all before it every so often: a copy of the hash's state, a few microseconds. */
const PREFIX_STEP_BYTES = 4 * 1024 * 1024;
const PREFIX_DIGITS = 16;
// Bytes just written are still in the core's own cache when they are hashed.
const PIECE_BYTES = 256 * 1024;
// After this much, writes and other files get their turn.
const TURN_BYTES = 4 * 1024 * 1024;
/** Writes and hashes files together, on the thread that calls it. It blocks that thread for one piece at a time. */
export interface DiskJobs {
  /** Carries out a request. */
  answer(request: DiskRequest): void;
  /** Hashes a little of the backlog behind the writers. Returns whether any is left. */
  hashBehind(): boolean;
  /** The messages since the last call. */
  takeReplies(): readonly DiskReply[];
  /** Lets go of every file. */
  closeAll(): void;
}

/** Makes a set of jobs, none open. */
export function createDiskJobs(): DiskJobs {
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  const jobs = new Map<number, Job>();
  let replies: DiskReply[] = [];

  const reply = (message: DiskReply): void => void replies.push(message);
  const isBehind = (job: Job): boolean => job.state === "open" && job.hashed < job.frontier;

  function fail(job: Job, message: string): void {
    job.state = "failed";
    reply({ id: job.id, type: "failed", message });
  }

  /** Hashes the next bytes of a job. The digest so far is reported at each step. */
  function hash(job: Job, bytes: Uint8Array): void {
    for (let rest = bytes; rest.byteLength > 0;) {
      const step = PREFIX_STEP_BYTES - (job.hashed % PREFIX_STEP_BYTES);
      const next = rest.subarray(0, step);
      job.hash.update(next);
      job.hashed += next.byteLength;
      rest = rest.subarray(next.byteLength);
      if (job.prefixes && next.byteLength === step && job.hashed < job.size) {
        const hex = job.hash.copy().digest("hex").slice(0, PREFIX_DIGITS);
        reply({ id: job.id, type: "prefix", end: job.hashed, hex });
      }
    }
    job.frontier = Math.max(job.frontier, job.hashed);
  }

  function finishWhenHashed(job: Job): void {
    if (job.state !== "open" || job.hashed < job.size) return;
    job.state = "proved";
    reply({ id: job.id, type: "digest", hex: job.hash.digest("hex") });
  }

  /**
   * Writes bytes, and hashes them on the way when they come next. Hashed bytes are never written again, so that the
   * digest stays that of the file even when two readers deliver the same range.
   */
  function write(job: Job, bytes: Uint8Array, position: number): void {
    if (job.state === "failed") throw new Error("the file could not be read before");
    let at = Math.max(0, job.hashed - position);
    while (at < bytes.byteLength) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      for (let done = 0; done < piece.byteLength;) {
        // A write may be short: a full disk, a signal.
        const rest = piece.byteLength - done;
        done += writeSync(job.descriptor, piece, done, rest, position + at + done);
      }
      if (position + at === job.hashed) hash(job, piece);
      at += piece.byteLength;
    }
    if (position <= job.frontier) {
      job.frontier = Math.max(job.frontier, position + bytes.byteLength);
    }
  }

  /** Reads the bytes between the hashed position and the frontier, through the page cache they were written to. */
  function catchUp(job: Job): void {
    const stop = Math.min(job.frontier, job.hashed + TURN_BYTES);
    while (job.hashed < stop) {
      const length = Math.min(buffer.byteLength, stop - job.hashed);
      const read = readSync(job.descriptor, buffer, 0, length, job.hashed);
      if (read === 0) {
        fail(job, `the file ended at byte ${job.hashed}`);
        return;
      }
      hash(job, buffer.subarray(0, read));
    }
    reply({ id: job.id, type: "hashed", hashed: job.hashed });
  }

  function open({ id, path, ...request }: DiskRequest & { readonly type: "open" }): void {
    try {
      const access = request.writable ? constants.O_RDWR : constants.O_RDONLY;
      const descriptor = openSync(path, access | (constants.O_NOFOLLOW ?? 0));
      const { size, prefixes } = request;
      const started = createHash(request.algorithm).update(request.prefix);
      const job = { id, descriptor, hash: started, size, prefixes, hashed: 0, frontier: 0 };
      jobs.set(id, { ...job, state: "open" });
    } catch (error) {
      reply({ id, type: "failed", message: (error as Error).message });
    }
  }

  function answerWrite({ id, bytes, position }: DiskRequest & { readonly type: "write" }): void {
    const job = jobs.get(id);
    try {
      if (job === undefined) throw new Error("the file is not open");
      write(job, bytes, position);
      reply({ id, type: "written", hashed: job.hashed });
      finishWhenHashed(job);
    } catch (error) {
      const { message, code, syscall } = error as NodeJS.ErrnoException;
      reply({ id, type: "not-written", error: { message, code, syscall } });
    }
  }

  function answer(request: DiskRequest): void {
    if (request.type === "open") open(request);
    else if (request.type === "write") answerWrite(request);
    else {
      const job = jobs.get(request.id);
      if (job === undefined) return;
      if (request.type === "frontier") job.frontier = Math.max(job.frontier, request.frontier);
      else {
        jobs.delete(request.id);
        closeSync(job.descriptor);
      }
    }
  }

  /** Hashes a little of the backlog. Returns whether any is left. */
  function hashBehind(): boolean {
    let behind = false;
    for (const job of jobs.values()) {
      try {
        if (isBehind(job)) catchUp(job);
        finishWhenHashed(job);
      } catch (error) {
        fail(job, (error as Error).message);
      }
      behind ||= isBehind(job);
    }
    return behind;
  }

  return {
    answer,
    hashBehind,
    takeReplies() {
      const taken = replies;
      replies = [];
      return taken;
    },
    closeAll() {
      for (const { descriptor } of jobs.values()) closeSync(descriptor);
      jobs.clear();
    },
  };
}
