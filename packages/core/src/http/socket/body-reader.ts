import { type ByteSink, pour, pourUntilFull, SinkError } from "../byte-sink.ts";
import { createChunkedDecoder } from "./chunked-decoder.ts";
import type { BodyFraming } from "./response-head.ts";

/** The body of one answer: read once, as chunks or into a sink, or discarded. */
export interface BodyReader {
  /** The body in chunks of its own memory. */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
  /** Reads all of a body of known length into a sink. Rejects with a `SinkError` when the sink fails. */
  readInto(sink: ByteSink): Promise<void>;
  readonly length: number | undefined;
  discard(): void;
  /** For the connection, once: the bytes that came together with the head. */
  begin(first: Buffer): void;
  /** For the connection: the buffer for the next bytes. Undefined when any will do. */
  space(): Uint8Array | undefined;
  /** For the connection: takes the next bytes. Returns whether to read on. */
  take(bytes: Uint8Array): boolean;
  /** For the connection: it broke. */
  fail(error: Error): void;
  /** For the connection: the other side closed. True when this body ends so. */
  endedByClose(): boolean;
}

/** The connection, as its body sees it. */
export interface BodyHost {
  resume(): void;
  fail(error: Error): void;
  /** The body is over. `clean`: none of its bytes are left on the connection. */
  ended(clean: boolean): void;
}

const QUEUE_BYTES = 256 * 1024;
// A redirect's body is a few hundred bytes: waiting this long for them saves a handshake.
const DISCARD_BYTES = 16 * 1024;
const DISCARD_MS = 250;

/** A reader for a body with this framing. It does nothing before `begin`. */
export function createBodyReader(framing: BodyFraming, host: BodyHost): BodyReader {
  const decoder = framing.kind === "chunked" ? createChunkedDecoder() : undefined;
  const length =
    framing.kind === "length" ? framing.length : framing.kind === "none" ? 0 : undefined;
  let left = length ?? Infinity;
  let queue: Uint8Array[] = [];
  let queued = 0;
  let done = false;
  let failure: Error | undefined;
  let sink: ByteSink | undefined;
  let wake = (): void => undefined;
  let draining = false;
  /** The bytes received while the sink asked to wait. Undefined when it does not. */
  let backlog: Uint8Array[] | undefined;
  /** Did more come than the body has? */
  let surplus = false;

  const finish = (clean: boolean): void => {
    if (done) return;
    done = true;
    host.ended(clean);
    wake();
  };
  /** Takes bytes in queue mode. `bytes` owns its memory. */
  const enqueue = (bytes: Uint8Array): void => {
    const keep = (payload: Uint8Array): void => {
      if (draining) return;
      queue.push(payload);
      queued += payload.byteLength;
    };
    let used = bytes.byteLength;
    if (decoder !== undefined) used = decoder.decode(bytes, keep);
    else {
      used = Math.min(left, bytes.byteLength);
      left -= used;
      if (used > 0) keep(bytes.subarray(0, used));
    }
    if (left === 0 || decoder?.ended === true) finish(used === bytes.byteLength);
    wake();
  };
  const fail = (error: Error): void => {
    if (done) return;
    done = true;
    failure = error;
    wake();
  };

  /** Fills the sink in its own space. Returns whether to read on. */
  const fill = (into: ByteSink, bytes: Uint8Array): boolean => {
    left -= bytes.byteLength;
    const wait = handOver(() => into.filled(bytes.byteLength));
    if (wait !== undefined) {
      wait.then(
        () => (left === 0 ? finish(true) : host.resume()),
        (error: unknown) => host.fail(new SinkError(error)),
      );
      return false;
    }
    if (left === 0) finish(true);
    return !done;
  };

  /** Copies bytes received outside the sink's own space. Returns whether to read on. */
  const copy = (bytes: Uint8Array, into: ByteSink): boolean => {
    const wanted = bytes.subarray(0, left);
    surplus ||= wanted.byteLength < bytes.byteLength;
    left -= wanted.byteLength;
    if (backlog !== undefined) {
      backlog.push(Uint8Array.from(wanted));
      return false;
    }
    const { poured, wait } = handOver(() => pourUntilFull(wanted, into));
    if (wait !== undefined) {
      backlog = [Uint8Array.from(wanted.subarray(poured))];
      void copyBacklog(backlog, into, wait);
      return false;
    }
    if (left === 0) finish(!surplus);
    return !done;
  };
  const copyBacklog = async (
    chunks: Uint8Array[],
    into: ByteSink,
    wait: Promise<void>,
  ): Promise<void> => {
    try {
      await wait;
      for (let next = chunks.shift(); next !== undefined; next = chunks.shift()) {
        await pour(next, into);
      }
    } catch (error) {
      host.fail(new SinkError(error));
      return;
    }
    backlog = undefined;
    if (left === 0) finish(!surplus);
    else host.resume();
  };

  const reader: BodyReader = {
    length,
    begin(first) {
      if (first.byteLength > 0) enqueue(first);
      else if (left === 0) finish(true);
    },
    space() {
      // Room that is handed out while a copy is on its way would be filled twice.
      // An empty room would be read into for ever.
      const room = backlog === undefined && left > 0 ? sink?.space() : undefined;
      if (room === undefined || room.byteLength === 0) return undefined;
      return room.byteLength <= left ? room : room.subarray(0, left);
    },
    take(bytes) {
      if (sink === undefined) {
        enqueue(Uint8Array.from(bytes));
        return done || queued < QUEUE_BYTES;
      }
      const room = reader.space();
      if (
        room !== undefined &&
        room.buffer === bytes.buffer &&
        room.byteOffset === bytes.byteOffset
      ) {
        return fill(sink, bytes);
      }
      // The first read after a pause still went where the connection reads heads.
      return copy(bytes, sink);
    },
    fail,
    endedByClose() {
      if (framing.kind !== "close" || done) return done;
      finish(false);
      return true;
    },
    async *chunks() {
      try {
        for (;;) {
          const ready = queue;
          queue = [];
          queued = 0;
          yield* ready;
          if (queue.length > 0) continue;
          if (failure !== undefined) throw failure;
          if (done) return;
          host.resume();
          await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        reader.discard();
      }
    },
    async readInto(into) {
      const early = Buffer.concat(queue);
      queue = [];
      queued = 0;
      await pour(early, into).catch((error: unknown) => {
        reader.discard();
        throw new SinkError(error);
      });
      if (done) {
        if (failure !== undefined) throw failure;
        return;
      }
      sink = into;
      host.resume();
      await new Promise<void>((resolve) => (wake = resolve));
      if (failure !== undefined) throw failure;
    },
    discard() {
      if (done) return;
      draining = true;
      if (length === undefined || left > DISCARD_BYTES) {
        finish(false);
        return;
      }
      setTimeout(() => finish(false), DISCARD_MS).unref();
      host.resume();
    },
  };
  return reader;
}

/** Runs code that hands bytes to a sink. Its errors are the sink's. */
function handOver<T>(give: () => T): T {
  try {
    return give();
  } catch (error) {
    throw new SinkError(error);
  }
}
