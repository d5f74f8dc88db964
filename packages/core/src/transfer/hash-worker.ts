import { createHash, type Hash } from "node:crypto";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { parentPort } from "node:worker_threads";

/** What the main thread says: follow a file, its frontier moved, or never mind. */
export type HashRequest =
  | {
      readonly id: number;
      readonly type: "follow";
      readonly path: string;
      readonly algorithm: "sha256" | "sha1";
      /** Hashed before the file's bytes (git's blob header). */
      readonly prefix: string;
      readonly size: number;
      /** Whether the digests of the blob's beginnings are wanted. */
      readonly prefixes: boolean;
    }
  | { readonly id: number; readonly type: "frontier"; readonly frontier: number }
  | { readonly id: number; readonly type: "cancel" };

/** What the worker says: how far it is, the digest of a beginning, the digest at the end, or why it could not read. */
export type HashReply =
  | { readonly id: number; readonly type: "hashed"; readonly hashed: number }
  | { readonly id: number; readonly type: "prefix"; readonly end: number; readonly hex: string }
  | { readonly id: number; readonly type: "digest"; readonly hex: string }
  | { readonly id: number; readonly type: "failed"; readonly message: string };

interface Job {
  readonly descriptor: number;
  readonly hash: Hash;
  readonly size: number;
  readonly prefixes: boolean;
  hashed: number;
  frontier: number;
}

/** A digest of all before it every so often: a copy of the hash's state, a few microseconds. */
const PREFIX_STEP_BYTES = 4 * 1024 * 1024;
const PREFIX_DIGITS = 16;
const buffer = Buffer.allocUnsafe(1024 * 1024);
// After this much, other files and messages get their turn.
const TURN_BYTES = 16 * 1024 * 1024;
const jobs = new Map<number, Job>();
let scheduled = false;

const reply = (message: HashReply): void => parentPort?.postMessage(message);

function end(id: number, message?: HashReply): void {
  const job = jobs.get(id);
  if (job === undefined) return;
  jobs.delete(id);
  closeSync(job.descriptor);
  if (message !== undefined) reply(message);
}

/** Reads what lies between the hashed position and the frontier, through the page cache it was just written to. */
function turn(id: number, job: Job): void {
  const stop = Math.min(job.frontier, job.hashed + TURN_BYTES);
  while (job.hashed < stop) {
    const step = PREFIX_STEP_BYTES - (job.hashed % PREFIX_STEP_BYTES);
    const length = Math.min(buffer.byteLength, stop - job.hashed, step);
    const read = readSync(job.descriptor, buffer, 0, length, job.hashed);
    if (read === 0) {
      end(id, { id, type: "failed", message: `the file ended at byte ${job.hashed}` });
      return;
    }
    job.hash.update(buffer.subarray(0, read));
    job.hashed += read;
    if (job.prefixes && read === step && job.hashed < job.size) {
      const hex = job.hash.copy().digest("hex").slice(0, PREFIX_DIGITS);
      reply({ id, type: "prefix", end: job.hashed, hex });
    }
  }
  if (job.hashed === job.size) end(id, { id, type: "digest", hex: job.hash.digest("hex") });
  else reply({ id, type: "hashed", hashed: job.hashed });
}

function work(): void {
  scheduled = false;
  for (const [id, job] of jobs) {
    if (job.hashed === job.frontier && job.size > 0) continue;
    try {
      turn(id, job);
    } catch (error) {
      end(id, { id, type: "failed", message: (error as Error).message });
    }
  }
  if ([...jobs.values()].some((job) => job.hashed < job.frontier)) schedule();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(work);
}

parentPort?.on("message", (request: HashRequest) => {
  if (request.type === "cancel") {
    end(request.id);
  } else if (request.type === "frontier") {
    const job = jobs.get(request.id);
    if (job !== undefined) job.frontier = request.frontier;
    schedule();
  } else {
    try {
      const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);
      const descriptor = openSync(request.path, flags);
      const hash = createHash(request.algorithm).update(request.prefix);
      const { id, size, prefixes } = request;
      jobs.set(id, { descriptor, hash, size, prefixes, hashed: 0, frontier: 0 });
    } catch (error) {
      reply({ id: request.id, type: "failed", message: (error as Error).message });
    }
  }
});
