import type { Server, ServerOptions } from "node:http";
import { HubServerError } from "../errors.ts";

/** A request whose head or whole comes slower than this holds a connection for nothing. */
export const CONNECTION_LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
  // Longer than clients keep an idle connection, so that none is closed under a request.
  keepAliveTimeout: 65_000,
  requireHostHeader: true,
};
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
