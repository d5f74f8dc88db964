import { ModelDownloadError } from "../../contract/errors.ts";
import { SinkError } from "../byte-sink.ts";
import type { TrustStore } from "../certificates.ts";
import { bodyFailure, unreachable } from "../network-error.ts";
import {
  DEFAULT_TIMEOUT_MS,
  type Transport,
  type TransportInit,
  type TransportResponse,
} from "../transport.ts";
import { type Answer, type Connection, openConnection } from "./connection.ts";
import { type Surroundings, surroundings as thisMachine } from "./lost-network.ts";
import { UnusualHeadError } from "./response-head.ts";

// Servers close a connection after five idle seconds, and a request sent into a closing connection is lost.
const IDLE_LIMIT_MS = 4_000;

/**
 * HTTP/1.1 on plain sockets, which read straight into the buffers that are written to disk: a quarter of the CPU of a
 * general client. It speaks to servers directly (no proxy) and refuses odd heads with `UnusualHeadError`, for which a
 * more patient client is asked. Otherwise as `Transport`.
 */
export function createSocketTransport(
  trust: TrustStore,
  surroundings: Surroundings = thisMachine,
): Transport {
  const pools = new Map<string, Set<Connection>>();

  const pool = (url: URL): Set<Connection> => {
    const connections = pools.get(url.origin) ?? new Set<Connection>();
    pools.set(url.origin, connections);
    return connections;
  };
  const takeIdle = (connections: Set<Connection>): Connection | undefined => {
    for (const connection of connections) {
      if (!connection.idle) continue;
      if (surroundings.now() - connection.idleSince < IDLE_LIMIT_MS) return connection;
      connections.delete(connection);
      connection.destroy();
    }
    return undefined;
  };

  const exchange = async (url: URL, init: TransportInit): Promise<Answer> => {
    const connections = pool(url);
    const message = {
      method: init.method ?? "GET",
      request: requestText(url, init),
      headersTimeoutMs: init.headersTimeoutMs ?? DEFAULT_TIMEOUT_MS,
      bodyTimeoutMs: init.bodyTimeoutMs ?? DEFAULT_TIMEOUT_MS,
      signal: init.signal,
    };
    const used = takeIdle(connections);
    if (used !== undefined) {
      try {
        return await used.exchange(message);
      } catch (error) {
        connections.delete(used);
        init.signal?.throwIfAborted();
        // The server closed it just then, and nothing of an answer came: the request may go out again.
        if (!isReset(error) || init.method === "POST") throw error;
      }
    }
    const secureContext = url.protocol === "https:" ? await trust.context() : undefined;
    const fresh = await openConnection(url, {
      secureContext,
      signal: init.signal,
      surroundings,
    });
    for (const connection of connections) if (connection.closed) connections.delete(connection);
    connections.add(fresh);
    return fresh.exchange(message);
  };

  return {
    async request(url, init = {}) {
      init.signal?.throwIfAborted();
      try {
        return response(await exchange(url, init), url, init.signal);
      } catch (cause) {
        init.signal?.throwIfAborted();
        if (cause instanceof UnusualHeadError || cause instanceof ModelDownloadError) throw cause;
        throw unreachable(cause, { url });
      }
    },
    close() {
      for (const connections of pools.values()) {
        for (const connection of connections) connection.destroy();
      }
      pools.clear();
      return Promise.resolve();
    },
  };
}

function requestText(url: URL, init: TransportInit): string {
  const body = init.body === undefined ? "" : Buffer.from(init.body, "utf8").toString("latin1");
  const headers: Record<string, string> = {
    host: url.host,
    connection: "keep-alive",
    ...(init.body !== undefined && { "content-length": String(body.length) }),
    ...init.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new TypeError(`the header ${name} holds characters that no header may hold`);
    }
    return `${name}: ${value}\r\n`;
  });
  return `${init.method ?? "GET"} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

function isReset(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ECONNRESET" || code === "EPIPE";
}

function response(
  { head, body }: Answer,
  url: URL,
  signal: AbortSignal | undefined,
): TransportResponse {
  const failed = (cause: unknown): Error => {
    signal?.throwIfAborted();
    if (cause instanceof SinkError) throw cause.cause;
    return bodyFailure(cause, { url });
  };
  return {
    status: head.status,
    headers: head.headers,
    body: guarded(body.chunks(), failed),
    discard: () => body.discard(),
    ...(body.length !== undefined && {
      readInto: (sink) =>
        body.readInto(sink).catch((error: unknown) => {
          throw failed(error);
        }),
    }),
  };
}

async function* guarded(
  chunks: AsyncIterable<Uint8Array>,
  failed: (cause: unknown) => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } catch (cause) {
    throw failed(cause);
  }
}
