import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** One request as a test's server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** A server of one test, closed when that ends. */
export interface TestServer {
  /** `http://<host>:<port>` */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  readonly server: Server;
}

/** Serves `handler` on a free port of `host` until the running test ends. */
export async function serve(handler: RequestListener, host = "127.0.0.1"): Promise<TestServer> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, path: url, headers });
    handler(request, response);
  });
  server.listen(0, host);
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, requests, server };
}

/**
 * An address on loopback where nothing listens: a port below those that the system hands out, so that no server of
 * another test can have taken it meanwhile.
 */
export const closedAddress = "http://127.0.0.1:4";

/** A port of 127.0.0.1 that was free a moment ago. A program that finds it taken needs another one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The error that a promise rejects with; fails the test when it resolves. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error("rejected with something that is no error", { cause: error });
  }
  throw new Error("did not fail");
}
