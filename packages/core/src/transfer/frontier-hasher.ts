import { Worker } from "node:worker_threads";
import type { Digest } from "@mlx-download/cache";
import type { HashReply, HashRequest } from "./hash-worker.ts";

/** Hashes one file behind its writer, as far as its bytes are there without a gap. */
export interface FrontierHash {
  /** Bytes hashed so far. */
  readonly hashed: number;
  /** Tells how far the file is written without a gap from 0. */
  advance(frontier: number): void;
  /** The hex digest, once `advance(size)` was called and all is hashed. */
  digest(): Promise<string>;
  /** Lets go of the file; `digest` then never resolves. */
  cancel(): void;
}

/** The blob that a file is to become. */
export interface FollowedBlob {
  readonly digest: Digest;
  readonly size: number;
  /** Told for every 4 MiB, in order: the first 16 hex digits that the digest of all before `end` has. */
  readonly onPrefix?: ((end: number, hex: string) => void) | undefined;
}

/** A thread that hashes any number of files behind their writers, so that no byte is read twice from the disk. */
export interface FrontierHasher {
  follow(path: string, blob: FollowedBlob): FrontierHash;
  close(): Promise<void>;
}

// A message for every 256 KiB piece of eight connections would cost more than it tells.
const ADVANCE_BYTES = 4 * 1024 * 1024;

/** Starts the thread with the first file that is followed. */
export function createFrontierHasher(): FrontierHasher {
  let worker: Worker | undefined;
  let nextId = 0;
  const jobs = new Map<number, (reply: HashReply) => void>();

  const start = (): Worker => {
    const self = import.meta.url;
    // From source the neighbour is a .ts file, in the package a .js file.
    const script = new URL(self.endsWith(".ts") ? "hash-worker.ts" : "hash-worker.js", self);
    const started = new Worker(script, {
      execArgv: [],
      // It holds one buffer and a few numbers; V8's defaults would reserve far more.
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
    });
    started.unref();
    started.on("message", (reply: HashReply) => jobs.get(reply.id)?.(reply));
    started.on("error", (error) => {
      const waiting = [...jobs];
      jobs.clear();
      worker = undefined;
      for (const [id, listener] of waiting)
        listener({ id, type: "failed", message: error.message });
    });
    return started;
  };

  return {
    follow(path, { digest, size, onPrefix }) {
      worker ??= start();
      const thread = worker;
      const id = nextId++;
      const say = (request: HashRequest): void => thread.postMessage(request);
      const [algorithm, prefix] =
        digest.algorithm === "sha256"
          ? (["sha256", ""] as const)
          : (["sha1", `blob ${size}\0`] as const);
      let hashed = 0;
      let told = 0;
      const done = new Promise<string>((resolve, reject) => {
        jobs.set(id, (reply) => {
          if (reply.type === "prefix") {
            onPrefix?.(reply.end, reply.hex);
            return;
          }
          if (reply.type === "hashed") {
            hashed = reply.hashed;
            return;
          }
          jobs.delete(id);
          if (jobs.size === 0) thread.unref();
          if (reply.type === "digest") {
            hashed = size;
            resolve(reply.hex);
          } else reject(new Error(`could not read ${path} to verify it: ${reply.message}`));
        });
      });
      // Nobody may be waiting yet when the thread fails; digest() still hands the error on.
      done.catch(() => undefined);
      thread.ref();
      say({ id, type: "follow", path, algorithm, prefix, size, prefixes: onPrefix !== undefined });
      return {
        get hashed() {
          return hashed;
        },
        advance(frontier) {
          if (frontier - told < ADVANCE_BYTES && frontier < size) return;
          told = frontier;
          say({ id, type: "frontier", frontier });
        },
        digest: () => done,
        cancel() {
          jobs.delete(id);
          if (jobs.size === 0) thread.unref();
          say({ id, type: "cancel" });
        },
      };
    },
    async close() {
      await worker?.terminate();
      worker = undefined;
    },
  };
}
