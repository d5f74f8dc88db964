import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { HubServerError } from "../errors.ts";
import { KEEP_ALIVE_MS, listen } from "./listen.ts";

/** A client that takes nothing for so long is cut. */
const IDLE_MS = 600_000;

/** A listening port. */
export interface OpenPort {
  readonly port: number;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}

/** Listens on `host`. Port 0 takes a free one. Throws `hub-server/cannot-listen`. */
export async function openPort(
  listener: RequestListener,
  { host, port }: { host: string; port: number },
): Promise<OpenPort> {
  // `localhost` may mean either loopback, by the client's resolver: both are served, on one port.
  if (host === "localhost") return openBoth(listener, port, 5);
  const server = await serve(listener, host, port);
  return { port: portOf(server), close: () => close(server) };
}

async function openBoth(
  listener: RequestListener,
  port: number,
  attempts: number,
): Promise<OpenPort> {
  const first = await serve(listener, "127.0.0.1", port);
  try {
    const second = await serve(listener, "::1", portOf(first));
    const servers = [first, second];
    return {
      port: portOf(first),
      close: async () => void (await Promise.all(servers.map(close))),
    };
  } catch (error) {
    if (!isCode(error, "EADDRINUSE")) return { port: portOf(first), close: () => close(first) };
    await close(first);
    if (port !== 0 || attempts <= 1) throw error;
    return openBoth(listener, port, attempts - 1);
  }
}

async function serve(listener: RequestListener, host: string, port: number): Promise<Server> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
  server.setTimeout(IDLE_MS);
  await listen(server, { host, port });
  return server;
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function isCode(error: unknown, code: string): boolean {
  return (
    error instanceof HubServerError &&
    error.cause instanceof Error &&
    (error.cause as NodeJS.ErrnoException).code === code
  );
}
