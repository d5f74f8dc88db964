import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebError } from "../errors.ts";

/** A listening server that only this machine reaches. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on the loopback addresses, at the first of `ports` that is free. 0 is any free one. Throws `web/port-taken`.
 */
export async function listenLocally(
  listener: RequestListener,
  ports: readonly number[],
): Promise<Listening> {
  for (const [at, port] of ports.entries()) {
    try {
      const first = await listen(listener, "127.0.0.1", port);
      const chosen = (first.address() as AddressInfo).port;
      // `localhost` may mean this one. A machine without IPv6 has none.
      const second = await listen(listener, "::1", chosen).catch(() => undefined);
      return {
        port: chosen,
        close: async () => void (await Promise.all([close(first), second && close(second)])),
      };
    } catch (cause) {
      if (at + 1 < ports.length) continue;
      throw new WebError(`Port ${port} cannot be used`, "web/port-taken", {
        hint: "Another program has it: choose another `port`, or leave `port` out.",
        data: { port },
        cause,
      });
    }
  }
  throw new RangeError("no port was given");
}

async function listen(listener: RequestListener, host: string, port: number): Promise<Server> {
  const server = createServer(
    { keepAliveTimeout: 65_000, maxHeaderSize: 16_384, requestTimeout: 30_000 },
    listener,
  );
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host, port }, resolve);
  await promise;
  server.off("error", reject);
  return server;
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}
