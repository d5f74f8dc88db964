import { writeSync } from "node:fs";
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { XetError } from "../errors.ts";
import { createKernel, type KernelMemory, type Region } from "../kernel/kernel.ts";
import type { FetchUnit } from "./plan-units.ts";
import { mergeSpans, type Span } from "./span.ts";
import { createUnitDecoder, type UnitDecoder, type UnitResult } from "./unit-decoder.ts";

/** The data that a thread is started with. */
export interface DecodeWorkerData {
  /** Its end of a channel. Deno takes no messages from `parentPort` without an event loop. */
  readonly port: MessagePort;
  readonly memory: KernelMemory;
  /** Where content is unpacked to before it is written. */
  readonly output: Region;
  /** Whether the hash of each chunk is wanted. */
  readonly hashes: boolean;
  /** Rung after each request. */
  readonly bell: Int32Array;
}

/** The messages of the main thread. Each rings the bell. */
export type DecodeRequest =
  | {
      readonly id: number;
      readonly type: "open";
      readonly unit: FetchUnit;
      readonly descriptor: number;
    }
  | {
      readonly id: number;
      readonly type: "bytes";
      /** The next bytes of the unit. They follow the last ones in memory, unless a `next` was named there. */
      readonly region: Region;
      /** Where the bytes after these will start. The rest of these goes in front of it. */
      readonly next: number | undefined;
      /** The unit has no more. */
      readonly last: boolean;
    }
  | { readonly id: number; readonly type: "close" };

/** An error as it can be sent: a cloned one loses its code. */
export interface SentError {
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
  readonly xet:
    | { readonly hint: string; readonly data: Readonly<Record<string, unknown>> }
    | undefined;
}

/** The thread's answers: to bytes, where their content went. To the last bytes, the unit's result. Or the error. */
export type DecodeReply =
  | {
      readonly id: number;
      readonly type: "decoded";
      readonly consumed: number;
      readonly written: readonly Span[];
    }
  | { readonly id: number; readonly type: "finished"; readonly result: UnitResult }
  | { readonly id: number; readonly type: "failed"; readonly error: SentError }
  /** It will never again read or write anything of the unit. */
  | { readonly id: number; readonly type: "closed" };

interface Job {
  readonly decoder: UnitDecoder;
  /** Places written since the last answer. */
  written: Span[];
  /** Where bytes that could not be decoded yet start. */
  tail: number | undefined;
}

function run({ port, memory, output, bell, hashes }: DecodeWorkerData): void {
  const kernel = createKernel(memory);
  const jobs = new Map<number, Job>();
  const reply = (message: DecodeReply): void => port.postMessage(message);

  const open = ({ id, unit, descriptor }: DecodeRequest & { readonly type: "open" }): void => {
    const write = (bytes: Uint8Array, position: number): void => {
      for (let done = 0; done < bytes.byteLength;) {
        // A write may be short: a full disk, a signal.
        const rest = bytes.byteLength - done;
        done += writeSync(descriptor, bytes, done, rest, position + done);
      }
      job.written.push({ start: position, end: position + bytes.byteLength });
    };
    const job: Job = {
      decoder: createUnitDecoder(unit, { kernel, output, write, hashes }),
      written: [],
      tail: undefined,
    };
    jobs.set(id, job);
  };
  const decode = (job: Job, request: DecodeRequest & { readonly type: "bytes" }): void => {
    const { id, region, next, last } = request;
    const start = job.tail ?? region.start;
    const consumed = job.decoder.decode({ start, end: region.end });
    job.tail = start + consumed;
    if (next !== undefined) {
      const left = region.end - job.tail;
      kernel.bytes.copyWithin(next - left, job.tail, region.end);
      job.tail = next - left;
    }
    const written = mergeSpans(job.written);
    job.written = [];
    reply({ id, type: "decoded", consumed: job.decoder.consumed, written });
    if (last) reply({ id, type: "finished", result: job.decoder.finish() });
  };
  const answer = (request: DecodeRequest): void => {
    const { id } = request;
    if (request.type === "open") open(request);
    else if (request.type === "close") {
      jobs.delete(id);
      reply({ id, type: "closed" });
    } else {
      const job = jobs.get(id);
      if (job === undefined) return;
      try {
        decode(job, request);
      } catch (error) {
        jobs.delete(id);
        reply({ id, type: "failed", error: sendable(error) });
      }
    }
  };
  // It sleeps on the bell instead of in an event loop, which takes several system calls to wake.
  for (;;) {
    const rung = Atomics.load(bell, 0);
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      answer(next.message as DecodeRequest);
    }
    Atomics.wait(bell, 0, rung);
  }
}

function sendable(error: unknown): SentError {
  const { message, code, syscall } = error as NodeJS.ErrnoException;
  const xet = error instanceof XetError ? { hint: error.hint, data: error.data } : undefined;
  return { message, code, syscall, xet };
}

if (workerData !== null) run(workerData as DecodeWorkerData);
