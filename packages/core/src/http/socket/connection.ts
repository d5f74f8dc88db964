import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { type BodyReader, createBodyReader } from "./body-reader.ts";
import { connectSocket } from "./connect.ts";
import { isGone, type Surroundings, watchSleep } from "./lost-network.ts";
import { parseResponseHead, type ResponseHead } from "./response-head.ts";

/** One request on a connection: its bytes as they go out. */
export interface Exchange {
  readonly method: string;
  readonly request: string;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** The answer to an exchange. Its body must be read to its end or discarded. */
export interface Answer {
  readonly head: ResponseHead;
  readonly body: BodyReader;
}

/** An HTTP/1.1 connection that reads into one buffer of its own, or straight into a sink. */
export interface Connection {
  /** Can it take the next exchange? */
  readonly idle: boolean;
  readonly closed: boolean;
  /** When it became idle, by the wall clock: a sleeping machine does not count by `performance.now()`. */
  readonly idleSince: number;
  /** Sends a request when idle. Throws system errors, `UnusualHeadError`, the signal's reason. */
  exchange(exchange: Exchange): Promise<Answer>;
  destroy(): void;
}

const SCRATCH_BYTES = 64 * 1024;
const TICK_MS = 250;
/**
 * After a sleep a connection is mostly dead, and nothing says so. One that lives has bytes waiting, or brings some in this
 * time, in ms.
 */
const AWAKE_PATIENCE_MS = 2_000;
/** After so many silent ticks it is looked whether the machine still has the connection's address. */
const LOOK_TICKS = 4;

/** Connects to the origin of `url`. */
export async function openConnection(
  url: URL,
  options: {
    readonly secureContext: SecureContext | undefined;
    readonly signal: AbortSignal | undefined;
    readonly surroundings: Surroundings;
  },
): Promise<Connection> {
  const { surroundings } = options;
  const scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  /** The meaning of the next bytes: an answer's head, its body, or unexpected (then they break the connection). */
  let stage: "head" | "body" | "idle" = "idle";
  let filled = 0;
  let method = "GET";
  let body: BodyReader | undefined;
  let onHead: ((answer: Answer) => void) | undefined;
  let onFailure: ((error: Error) => void) | undefined;
  let idleSince = surroundings.now();
  // Counted, not measured: a process that was stopped for a minute must not take it for the server's silence.
  let quietTicks = 0;
  let reading = true;

  const space = (): Uint8Array => {
    if (stage === "head") return scratch.subarray(filled);
    return body?.space() ?? scratch;
  };
  const onBytes = (length: number, buffer: Uint8Array): boolean => {
    quietTicks = 0;
    const bytes = buffer.subarray(0, length);
    try {
      if (stage === "head") {
        if (bytes.buffer !== scratch.buffer) scratch.set(bytes, filled);
        filled += length;
        takeHead();
      } else if (body === undefined || stage === "idle") {
        fail(new Error("unrequested bytes"));
      } else if (!body.take(bytes)) reading = false;
    } catch (error) {
      fail(error as Error);
    }
    // TLS delivers decrypted bytes even after a pause. Only resuming ends a pause.
    return reading;
  };
  const socket: Socket = await connectSocket(url, {
    ...options,
    onread: { buffer: space, callback: onBytes },
  });
  socket.unref();

  /** Looks for the end of the head. Once found, reading pauses until the body is read. */
  const takeHead = (): void => {
    for (;;) {
      const head = parseResponseHead(scratch.subarray(0, filled), method);
      if (head === undefined) return;
      const rest = Buffer.from(scratch.subarray(head.byteLength, filled));
      if (head.status >= 100 && head.status < 200 && head.status !== 101) {
        // An interim answer (103 Early Hints): the real one follows.
        rest.copy(scratch);
        filled = rest.byteLength;
        continue;
      }
      stage = "body";
      reading = false;
      body = createBodyReader(head.framing, {
        resume() {
          quietTicks = 0;
          if (reading) return;
          reading = true;
          socket.resume();
        },
        fail,
        ended: (clean) => release(clean && head.keepAlive),
      });
      onHead?.({ head, body });
      body.begin(rest);
      return;
    }
  };
  const fail = (error: Error): void => {
    stage = "idle";
    socket.destroy();
    onFailure?.(error);
    body?.fail(error);
  };
  let release = (_reusable: boolean): void => undefined;

  socket.on("error", fail);
  const onEnd = (): void => {
    if (stage === "body" && body?.endedByClose() === true) return;
    if (stage !== "idle") {
      fail(Object.assign(new Error("closed before the answer's end"), { code: "ECONNRESET" }));
    }
    socket.destroy();
  };
  socket.on("end", onEnd);
  socket.on("close", onEnd);

  return {
    get idle() {
      return stage === "idle" && !socket.destroyed && socket.writable;
    },
    get closed() {
      return socket.destroyed;
    },
    get idleSince() {
      return idleSince;
    },
    destroy: () => fail(Object.assign(new Error("closed by us"), { code: "ECONNABORTED" })),
    exchange(exchange) {
      const { signal } = exchange;
      method = exchange.method;
      filled = 0;
      body = undefined;
      stage = "head";
      quietTicks = 0;
      return new Promise((resolve, reject) => {
        const abort = (): void => fail(signal?.reason as Error);
        const sleep = watchSleep(surroundings);
        let awake = false;
        const watch = setInterval(() => {
          // Bytes came since the last tick: it lives.
          if (quietTicks === 0) awake = false;
          if (sleep.slept()) {
            awake = true;
            quietTicks = 0;
          }
          // Silence counts only while the body is being read.
          if (!reading) return;
          quietTicks += 1;
          if (quietTicks % LOOK_TICKS === 0 && isGone(socket.localAddress, surroundings)) {
            fail(Object.assign(new Error("its network is gone"), { code: "ECONNRESET" }));
            return;
          }
          const usual = body === undefined ? exchange.headersTimeoutMs : exchange.bodyTimeoutMs;
          const limit = awake ? Math.min(usual, AWAKE_PATIENCE_MS) : usual;
          if (quietTicks * TICK_MS < limit) return;
          fail(Object.assign(new Error("no byte in time"), { code: "UND_ERR_BODY_TIMEOUT" }));
        }, TICK_MS);
        const settle = (): void => {
          clearInterval(watch);
          signal?.removeEventListener("abort", abort);
          onHead = undefined;
          onFailure = undefined;
        };
        release = (reusable) => {
          settle();
          stage = "idle";
          idleSince = surroundings.now();
          if (reusable) {
            body = undefined;
            socket.unref();
            if (!reading) {
              reading = true;
              socket.resume();
            }
          } else socket.destroy();
        };
        onFailure = (error) => {
          settle();
          reject(error);
        };
        onHead = resolve;
        signal?.addEventListener("abort", abort, { once: true });
        if (signal?.aborted) {
          abort();
          return;
        }
        socket.ref();
        if (!reading) {
          reading = true;
          socket.resume();
        }
        socket.write(exchange.request, "latin1");
      });
    },
  };
}
