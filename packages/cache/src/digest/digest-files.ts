import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { startThread, withoutThreads } from "../thread/start-thread.ts";
import { runLanes } from "../thread/run-lanes.ts";
import { threadTexts } from "../thread/thread-texts.ts";
import type { DigestAlgorithm } from "./digest.ts";
import type { VerifyAnswer, VerifyRequest } from "./digest-worker.ts";
import { type FileDigest, readDigest } from "./read-digest.ts";

/** A file to digest. Its size decides the order only. */
export interface FileToDigest {
  readonly path: string;
  readonly size: number;
  readonly algorithm: DigestAlgorithm;
}

/** Files handed to a thread at once: one large one, or small ones up to this. */
const CHUNK_BYTES = 8 << 20;
const CHUNK_FILES = 64;

/**
 * Digests files on one thread per core, the largest first so that all threads end together.
 * `onDigest` is called for each file. Memory does not grow with the number of files. Where threads
 * cannot be started, this thread digests the files one after the other, 32 MiB per turn. Rejects
 * with the signal's reason when aborted.
 */
export async function digestFiles<T extends FileToDigest>(
  files: readonly T[],
  options: {
    readonly onDigest: (file: T, digest: FileDigest) => void;
    /** Told the bytes that were read since it was told last. */
    readonly onRead: (bytes: number) => void;
    readonly threads?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const { signal, threads = availableParallelism() } = options;
  const queue = files.toSorted((a, b) => a.size - b.size);
  const chunk = (): readonly T[] => {
    const taken: T[] = [];
    for (let bytes = 0; taken.length < CHUNK_FILES && bytes < CHUNK_BYTES;) {
      const next = queue.pop();
      if (next === undefined) break;
      taken.push(next);
      bytes += next.size;
    }
    return taken;
  };
  const lane = async (stop: AbortSignal): Promise<void> => {
    const each = { ...options, signal: stop };
    let worker: Worker | undefined;
    try {
      for (let taken = chunk(); taken.length > 0; taken = chunk()) {
        worker ??= startWorker();
        const left = worker === undefined ? taken : await run(worker, taken, each);
        await runHere(left, each);
      }
    } finally {
      await worker?.terminate();
    }
  };
  await runLanes(Math.max(1, Math.min(threads, files.length)), lane, signal);
}

/**
 * Has a thread digest files. The answers come in order. Resolves with the remaining files when the
 * thread dies.
 */
function run<T extends FileToDigest>(
  worker: Worker,
  files: readonly T[],
  options: {
    readonly onDigest: (file: T, digest: FileDigest) => void;
    readonly onRead: (bytes: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<readonly T[]> {
  const { onDigest, onRead, signal } = options;
  return new Promise((resolve, reject) => {
    const left = [...files];
    const end = (error?: Error): void => {
      worker.off("message", listen);
      worker.off("error", die);
      signal.removeEventListener("abort", abort);
      if (error === undefined) resolve(left);
      else reject(error);
    };
    const die = (error: unknown): void => {
      withoutThreads(error);
      end();
    };
    const abort = (): void => end((signal.reason as Error | undefined) ?? new Error("aborted"));
    const listen = (answer: VerifyAnswer): void => {
      try {
        if (answer.type === "read") {
          onRead(answer.bytes);
          return;
        }
        const file = left.shift();
        if (file !== undefined) onDigest(file, answer);
        if (left.length === 0) end();
      } catch (error) {
        end(error as Error);
      }
    };
    worker.on("message", listen);
    worker.on("error", die);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    else worker.postMessage({ files: files.map(fileOf) } satisfies VerifyRequest);
  });
}

function fileOf({ path, algorithm }: FileToDigest): VerifyRequest["files"][number] {
  return { path, algorithm };
}

/** Digests files on this thread. */
async function runHere<T extends FileToDigest>(
  files: readonly T[],
  options: {
    readonly onDigest: (file: T, digest: FileDigest) => void;
    readonly onRead: (bytes: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { onDigest, onRead, signal } = options;
  for (const file of files) {
    const steps = readDigest(file.path, file.algorithm);
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) {
      onRead(step.value);
      await nextTurn();
      if (signal.aborted) steps.return({ type: "failed", errno: undefined, message: "aborted" });
      signal.throwIfAborted();
    }
    onDigest(file, step.value);
  }
}

/** A thread, or undefined where there are none. */
function startWorker(): Worker | undefined {
  try {
    const programs = { from: import.meta.url, texts: threadTexts };
    return startThread("digest-worker", programs, {
      // The thread holds one buffer and a few numbers. V8's defaults would reserve far more.
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    });
  } catch (error) {
    withoutThreads(error);
    return undefined;
  }
}
