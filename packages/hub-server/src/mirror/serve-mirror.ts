import { createServer as createPlainServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { connectionLimits, IDLE_MS, listen } from "../http/listen.ts";
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
  /** How long the head of a request may take, in ms (default 10,000). */
  readonly headMs?: number | undefined;
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

const MAX_CONNECTIONS = 1024;
const GRACE_MS = 5_000;

/** Serves a cache on loopback (or on `host`). Throws `hub-server/cannot-listen`. */
export async function serveMirror(options: ServeMirrorOptions): Promise<ServedMirror> {
  const { host = "127.0.0.1", port = 0, tls, maxConnections = MAX_CONNECTIONS } = options;
  const mirror = createMirror(options);
  const limits = connectionLimits(options.headMs);
  const server =
    tls === undefined
      ? createPlainServer(limits, mirror.listener)
      : createTlsServer({ ...limits, ...tls, minVersion: "TLSv1.2" }, mirror.listener);
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

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
