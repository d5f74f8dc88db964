import { availableParallelism } from "node:os";
import { MessageChannel, Worker } from "node:worker_threads";
import { XetError, type XetErrorCode } from "../errors.ts";
import { CHUNK_HEADER_BYTES, MAX_PACKED_BYTES } from "../format/chunk-header.ts";
import { createKernel, kernelMemory, SLACK_BYTES } from "../kernel/kernel.ts";
import type { DecodeReply, DecodeRequest, DecodeWorkerData, SentError } from "./decode-worker.ts";
import { threadTexts } from "./thread-texts.ts";
import type { FetchUnit } from "./plan-units.ts";
import type { Span } from "./span.ts";
import type { UnitResult } from "./unit-decoder.ts";

/**
 * Takes the bytes of one unit where they arrive, in memory that a thread decodes. It outlives the connection that fills
 * it. A reader fills `space()` and says how much.
 */
export interface UnitSink {
  /** Bytes taken. A new request for the unit may leave them out. */
  readonly received: number;
  /** Room for the next bytes, at least one while any are missing. Valid until the next `filled`. */
  space(): Uint8Array;
  /** The first `bytes` of `space()` are there. A returned promise is back-pressure. Throws when the unit is malformed or cannot be written. */
  filled(bytes: number): Promise<void> | undefined;
  /** The unit's chunks, once all of its bytes came. Rejects with `xet/malformed-xorb` or the system's error. */
  finish(): Promise<UnitResult>;
  /** Gives its memory back. To be called in every case. Once it resolves, nothing is written any more. */
  close(): Promise<void>;
}

/** Where the content of a unit goes. */
export interface UnitTarget {
  /** A file open for writing: content is written by position. */
  readonly descriptor: number;
  /** Called when more of the unit was written: where, and how many of its bytes are decoded so far. */
  readonly onDecoded?: (written: readonly Span[], consumed: number) => void;
}

/** Threads that decode, hash and write units. Each holds up to 16 at a time, in some 2.5 MiB each. */
export interface DecodeThreads {
  /** Starts the threads, which the first `open` does otherwise. */
  start(): void;
  /** Room for one unit, as soon as there is some. */
  open(unit: FetchUnit, target: UnitTarget): Promise<UnitSink>;
  close(): Promise<void>;
}

const WINDOW_BYTES = 512 * 1024;
const WINDOWS = 3;
/** In front of each window, for the undecoded rest of the one before: less than a chunk. */
const CARRY_BYTES = roundUp(CHUNK_HEADER_BYTES + MAX_PACKED_BYTES);
const LANE_BYTES = WINDOWS * (CARRY_BYTES + WINDOW_BYTES + SLACK_BYTES);
const LANES = 16;
const OUTPUT_BYTES = 1024 * 1024;
// So that a slow line is seen to move.
const HAND_OVER_MS = 200;

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

interface Thread {
  readonly worker: Worker;
  readonly bytes: Uint8Array;
  readonly freeLanes: number[];
  readonly jobs: Map<number, { take(reply: DecodeReply): void; fail(error: Error): void }>;
  dead(): boolean;
  say(request: DecodeRequest): void;
}

/**
 * At most two threads by default: a third one on two cores costs more than it brings. `hashes: false` leaves out the hash
 * of each chunk, for callers who prove the file by its SHA-256 and call `hashUnits` when that is wrong.
 */
export function createDecodeThreads(
  options: { readonly threads?: number; readonly hashes?: boolean } = {},
): DecodeThreads {
  const count = options.threads ?? Math.min(2, availableParallelism());
  const hashes = options.hashes ?? true;
  let threads: Thread[] = [];
  const waiting: (() => void)[] = [];
  let nextId = 0;

  const start = (): void => {
    while (threads.length < count) threads.push(startThread(forget, hashes));
  };
  /** One that died is replaced with the next unit. */
  const forget = (worker: Worker): void => {
    threads = threads.filter((one) => one.worker !== worker);
    for (const wake of waiting.splice(0)) wake();
  };
  const freest = (): Thread =>
    threads.reduce((best, one) => (one.freeLanes.length > best.freeLanes.length ? one : best));

  return {
    start,
    async open(unit, target) {
      for (;;) {
        start();
        const thread = freest();
        const lane = thread.freeLanes.pop();
        if (lane !== undefined) {
          const release = (): void => {
            thread.freeLanes.push(lane);
            waiting.shift()?.();
          };
          nextId += 1;
          return openSink(unit, target, { thread, id: nextId, laneStart: lane, release });
        }
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async close() {
      const closing = threads;
      threads = [];
      await Promise.all(closing.map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(forget: (worker: Worker) => void, hashes: boolean): Thread {
  const memory = kernelMemory(OUTPUT_BYTES + SLACK_BYTES + LANES * LANE_BYTES);
  const { room, bytes } = createKernel(memory);
  const output = { start: room.start, end: room.start + OUTPUT_BYTES };
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const { port1: port, port2: far } = new MessageChannel();
  const text = threadTexts["decode-worker"];
  // The text stays with the code, whatever a bundler makes of it.
  const program = text ?? beside("decode-worker.ts", import.meta.url);
  const worker = new Worker(program, {
    eval: text !== undefined,
    execArgv: [],
    workerData: { port: far, memory, output, bell, hashes } satisfies DecodeWorkerData,
    transferList: [far],
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
  });
  const jobs: Thread["jobs"] = new Map();
  port.on("message", (reply: DecodeReply) => jobs.get(reply.id)?.take(reply));
  let died = false;
  worker.on("error", (error) => {
    died = true;
    forget(worker);
    const gone = threadGone(error);
    for (const job of jobs.values()) job.fail(gone);
  });
  // After the listeners: a new one holds the process again.
  worker.unref();
  port.unref();
  const first = output.end + SLACK_BYTES;
  return {
    worker,
    bytes,
    jobs,
    dead: () => died,
    freeLanes: Array.from({ length: LANES }, (_, lane) => first + lane * LANE_BYTES).toReversed(),
    say(request) {
      port.postMessage(request);
      Atomics.add(bell, 0, 1);
      Atomics.notify(bell, 0);
    },
  };
}

function openSink(
  unit: FetchUnit,
  { descriptor, onDecoded }: UnitTarget,
  lane: {
    readonly thread: Thread;
    readonly id: number;
    readonly laneStart: number;
    readonly release: () => void;
  },
): UnitSink {
  const { thread, id, laneStart, release } = lane;
  const total = unit.bytes.end - unit.bytes.start;
  const dataStart = (window: number): number =>
    laneStart + window * (CARRY_BYTES + WINDOW_BYTES + SLACK_BYTES) + CARRY_BYTES;
  /** Regions of each window that are not decoded yet. */
  const pending = [0, 0, 0];
  /** The windows of those regions, in order. */
  const handed: number[] = [];
  let window = 0;
  /** The filled bytes of the window, and those of them that were handed over. */
  let filledTo = dataStart(0);
  let handedTo = filledTo;
  let handedAt = performance.now();
  let received = 0;
  let failure: Error | undefined;
  let closed: PromiseWithResolvers<void> | undefined;
  let free: PromiseWithResolvers<void> | undefined;
  const done = Promise.withResolvers<UnitResult>();
  // No caller may be waiting yet. finish() still hands the error on.
  done.promise.catch(() => undefined);

  const fail = (error: Error): void => {
    failure ??= error;
    done.reject(failure);
    free?.reject(failure);
    free = undefined;
  };
  const over = (): void => {
    thread.jobs.delete(id);
    if (thread.jobs.size === 0) thread.worker.unref();
    release();
    closed?.resolve();
  };
  const nextWindow = (): number => (window + 1) % WINDOWS;
  const handOver = (next: number | undefined): void => {
    const last = received === total;
    const region = { start: handedTo, end: filledTo };
    pending[window] = (pending[window] as number) + 1;
    handed.push(window);
    thread.say({ id, type: "bytes", region, next, last });
    handedTo = filledTo;
    handedAt = performance.now();
  };

  thread.jobs.set(id, {
    fail(error) {
      fail(error);
      if (closed !== undefined) over();
    },
    take(reply) {
      if (reply.type === "closed") over();
      else if (reply.type === "failed") fail(receivedError(reply.error));
      else if (reply.type === "finished") done.resolve(reply.result);
      else {
        const which = handed.shift() as number;
        pending[which] = (pending[which] as number) - 1;
        if (free !== undefined && pending[nextWindow()] === 0) {
          free.resolve();
          free = undefined;
        }
        onDecoded?.(reply.written, reply.consumed);
      }
    },
  });
  thread.worker.ref();
  thread.say({ id, type: "open", unit, descriptor });

  return {
    get received() {
      return received;
    },
    space() {
      const room = Math.min(dataStart(window) + WINDOW_BYTES - filledTo, total - received);
      return thread.bytes.subarray(filledTo, filledTo + room);
    },
    filled(bytes) {
      if (failure !== undefined) throw failure;
      received += bytes;
      filledTo += bytes;
      if (received === total) handOver(undefined);
      else if (filledTo === dataStart(window) + WINDOW_BYTES) {
        const next = nextWindow();
        if (pending[next] !== 0) throw new RangeError("bytes came in spite of back-pressure");
        handOver(dataStart(next));
        window = next;
        filledTo = handedTo = dataStart(next);
        // While this window is filled the one behind it must become free.
        if (pending[nextWindow()] !== 0) {
          free ??= Promise.withResolvers<void>();
          free.promise.catch(() => undefined);
        }
      } else if (performance.now() - handedAt > HAND_OVER_MS) handOver(undefined);
      return free?.promise;
    },
    finish: () => done.promise,
    close() {
      if (closed !== undefined) return closed.promise;
      closed = Promise.withResolvers<void>();
      // The thread has ended, with all of its work, and its memory is free.
      if (thread.dead()) over();
      else thread.say({ id, type: "close" });
      fail(new Error("the unit was closed"));
      return closed.promise;
    },
  };
}

/** It may have run out of memory. Another one takes the next unit. */
function threadGone(cause: Error): XetError {
  return new XetError(`the thread that decodes has ended: ${cause.message}`, "xet/unavailable", {
    hint: "Fetch the unit again, or the file by the plain route.",
    data: { host: "this machine", phase: "decode" },
    cause,
  });
}

function receivedError({ message, code, syscall, xet }: SentError): Error {
  if (xet !== undefined) return new XetError(message, code as XetErrorCode, xet);
  return Object.assign(new Error(message), {
    ...(code !== undefined && { code }),
    ...(syscall !== undefined && { syscall }),
  });
}

/** A file beside the one at `from`. Bundlers take a literal in `new URL` for a file of theirs. */
const beside = (name: string, from: string): URL => new URL(name, from);
