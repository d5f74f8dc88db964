import { connect } from "node:net";

/**
 * Sends bytes as they are and reads what comes until the connection ends. A server that is silent for so long, since it waits
 * for the rest of a request, learns that there is none.
 */
export async function rawRequest(url: string, text: string, patienceMs = 5000): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replaceAll(/[[\]]/g, ""));
  let answer = "";
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
  socket.on("error", () => resolve());
  socket.on("close", () => resolve());
  socket.write(text, "latin1");
  socket.setTimeout(patienceMs, () => (socket.writableEnded ? socket.destroy() : socket.end()));
  await promise;
  return answer;
}

/** The status of a raw answer; 0 where the connection ended without one. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}
