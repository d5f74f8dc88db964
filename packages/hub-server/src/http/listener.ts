import { TLSSocket } from "node:tls";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { HubAnswer } from "./answer.ts";
import { compressJson } from "./compress-json.ts";
import { HOST } from "./hub-env.ts";
import { sendAnswer } from "./send-answer.ts";

const MAX_BODY_BYTES = 4_000_000;
/** A function from a request, and the address that it comes from, to the answer. */
export type Handle = (request: Request, address?: string) => Promise<HubAnswer>;

/** How a listener works. */
export interface ListenerOptions {
  readonly onError?: ((error: unknown) => void) | undefined;
  /** The longest body of a POST. Default 4 MB. */
  readonly maxBodyBytes?: number | undefined;
}

/** A `node:http` or `node:https` listener around such a function. A client that hangs up is no error. */
export function createListener(
  handle: Handle,
  { onError, maxBodyBytes }: ListenerOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await toRequest(incoming, maxBodyBytes);
    if (!(request instanceof Request)) return sendAnswer(response, request);
    const answer = await handle(request, incoming.socket.remoteAddress);
    return sendAnswer(response, await compressJson(answer, request.headers.get("accept-encoding")));
  };
  const listener: RequestListener = (incoming, response) => {
    response.on("error", () => {}); // the socket broke, and "close" follows
    serve(incoming, response).catch((error: unknown) => {
      if (!incoming.errored) onError?.(error);
      response.destroy();
    });
  };
  return listener;
}

/** The web Request for an incoming message, or the answer to one that cannot be understood. */
export async function toRequest(
  incoming: IncomingMessage,
  maxBodyBytes: number = MAX_BODY_BYTES,
): Promise<Request | HubAnswer> {
  const { method = "GET", headers } = incoming;
  const host = headers.host ?? "localhost";
  const scheme = incoming.socket instanceof TLSSocket ? "https" : "http";
  const target = incoming.url?.startsWith("/")
    ? `${scheme}://${host}${incoming.url}`
    : incoming.url;
  if (!HOST.test(host) || target === undefined || !URL.canParse(target)) {
    return plainAnswer(400, "Invalid request target");
  }
  const body = method === "POST" ? await readBody(incoming, maxBodyBytes) : undefined;
  if (body === "too large") return plainAnswer(413, "Payload Too Large");
  try {
    return new Request(target, {
      method,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
      ...(body ? { body } : {}),
    });
  } catch {
    return plainAnswer(405, "Method not allowed"); // TRACE and CONNECT, which Request refuses
  }
}

/** The whole body. One that is too large is still read for a while, so that its sender hears the answer. */
async function readBody(
  incoming: IncomingMessage,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | "too large"> {
  let pieces: Buffer[] = [];
  let size = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  incoming.once("end", resolve);
  incoming.once("error", reject);
  incoming.on("data", (piece: Buffer) => {
    size += piece.byteLength;
    if (size <= most) pieces.push(piece);
    else pieces = [];
    if (size > 10 * most) resolve();
  });
  await promise;
  return size > most ? "too large" : new Uint8Array(Buffer.concat(pieces));
}

function plainAnswer(status: number, text: string): HubAnswer {
  const body = new TextEncoder().encode(text);
  const headers = new Headers({
    "content-type": "text/plain; charset=utf-8",
    "content-length": String(body.byteLength),
    connection: "close",
  });
  return { status, headers, body };
}
