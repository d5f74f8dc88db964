import type { Server, ServerOptions } from "node:http";
import { HubServerError } from "../errors.ts";

const HEAD_MS = 10_000;

/** Longer than clients keep an idle connection, so that none is closed under a request. */
export const KEEP_ALIVE_MS = 65_000;

/** A request whose head comes slower than in `headMs`, or whole in three times that, holds a connection for nothing. */
export function connectionLimits(headMs: number = HEAD_MS): ServerOptions {
  return {
    headersTimeout: headMs,
    requestTimeout: 3 * headMs,
    connectionsCheckingInterval: headMs / 2,
    maxHeaderSize: 16 * 1024,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requireHostHeader: true,
  };
}

/** A connection on which nothing moves for so long is closed. */
export const IDLE_MS = 120_000;

/** Resolves when the server listens. Throws `hub-server/cannot-listen`. */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.once("listening", resolve);
  server.listen({ host, port });
  try {
    await promise;
  } catch (cause) {
    throw new HubServerError(`Cannot listen on ${host}:${port}`, "hub-server/cannot-listen", {
      hint: "Choose another port (0 takes a free one) or a host address of this machine.",
      data: { host, port },
      cause,
    });
  } finally {
    server.off("error", reject);
    server.off("listening", resolve);
  }
}
