import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** Sends bytes that no HTTP client would send to `url`'s host and returns the first line of the answer. */
export async function rawRequest(url: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return (await text(socket)).split("\r\n")[0] ?? "";
}
