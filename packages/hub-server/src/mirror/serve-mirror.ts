import { createServer as createPlainServer, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { HubServerError } from "../errors.ts";
import { createMirror } from "./mirror.ts";
import type { MirrorOptions } from "./mirror-options.ts";

/** Where a mirror listens, beside how it behaves. */
export interface ServeMirrorOptions extends MirrorOptions {
  /** Default `127.0.0.1`: not reachable from the network. */
  readonly host?: string | undefined;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /** PEM texts. Given: clients must use https. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  /** Connections in all (default 1024). */
  readonly maxConnections?: number | undefined;
}

/** A mirror that listens. */
export interface ServedMirror {
  /** The value for `HF_ENDPOINT`, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /**
   * Takes no more connections, lets running answers end for at most `graceMs` (default 5000), then cuts them. Unfinished
   * fetches go on at the next start.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

// A request whose head or whole comes slower than this holds a connection for nothing.
const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
  // Longer than clients keep an idle connection, so that none is closed under a request.
  keepAliveTimeout: 65_000,
  requireHostHeader: true,
};
const MAX_CONNECTIONS = 1024;
const IDLE_MS = 120_000;
const GRACE_MS = 5_000;

/** Serves a cache on loopback (or on `host`). Throws `hub-server/cannot-listen`. */
export async function serveMirror(options: ServeMirrorOptions): Promise<ServedMirror> {
  const { host = "127.0.0.1", port = 0, tls, maxConnections = MAX_CONNECTIONS } = options;
  const mirror = createMirror(options);
  const server =
    tls === undefined
      ? createPlainServer(LIMITS, mirror.listener)
      : createTlsServer({ ...LIMITS, ...tls, minVersion: "TLSv1.2" }, mirror.listener);
  server.maxConnections = maxConnections;
  server.setTimeout(IDLE_MS);
  await listen(server, { host, port });
  const bound = (server.address() as AddressInfo).port;
  const close = async ({ graceMs = GRACE_MS } = {}): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    server.closeIdleConnections();
    const cutting = setTimeout(() => server.closeAllConnections(), graceMs);
    await Promise.all([promise, mirror.close()]);
    clearTimeout(cutting);
  };
  return {
    url: `${tls === undefined ? "http" : "https"}://${urlHost(host)}:${bound}`,
    port: bound,
    close,
    [Symbol.asyncDispose]: () => close({ graceMs: 0 }),
  };
}

async function listen(
  server: Server,
  { host, port }: { host: string; port: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (cause) {
    throw new HubServerError(`Cannot listen on ${host}:${port}`, "hub-server/cannot-listen", {
      hint: "Choose another port (0 takes a free one) or a host address of this machine.",
      data: { host, port },
      cause,
    });
  }
  server.off("error", reject);
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
