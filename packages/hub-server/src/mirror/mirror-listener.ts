import type { IncomingMessage, ServerResponse } from "node:http";
import type { HubAnswer } from "../http/answer.ts";
import { compressJson } from "../http/compress-json.ts";
import { toRequest } from "../http/listener.ts";
import { sendAnswer } from "../http/send-answer.ts";
import type { Refused } from "./metrics.ts";

/** An answered request, for the log. */
export interface Answered {
  readonly client: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  /** Body bytes that the client took. */
  readonly bytes: number;
  readonly durationMs: number;
}

/** What a listener needs. */
export interface MirrorListenerOptions {
  readonly handle: (request: Request, address: string | undefined) => Promise<HubAnswer>;
  readonly requestsPerClient: number;
  readonly onAnswered: (answered: Answered) => void;
  readonly onRefused: (reason: Refused) => void;
  readonly onError: (error: unknown) => void;
}

// A client that takes less than this for a whole look is cut: a thousand of them would hold a thousand connections.
const LOOK_MS = 60_000;
const SLOWEST_BYTES_PER_SECOND = 16_000;
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;
const MOST_LOGGED_PATH = 500;

/** A listener for `node:http` with a limit for each client, and the number of requests that it answers now. */
export function createMirrorListener(options: MirrorListenerOptions): {
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  readonly active: number;
} {
  const { handle, requestsPerClient, onAnswered, onRefused, onError } = options;
  const clients = new Map<string, number>();
  let active = 0;

  const serve = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    onSent: (bytes: number) => void,
  ): Promise<void> => {
    const client = incoming.socket.remoteAddress ?? "";
    const before = clients.get(client) ?? 0;
    // A proxy on this machine speaks for many clients, and limits them itself.
    if (before >= requestsPerClient && !LOOPBACK.test(client)) {
      onRefused("client-limit");
      return sendAnswer(response, plain(429, "Too many requests at once", { "retry-after": "1" }));
    }
    if (hasBody(incoming)) {
      return sendAnswer(response, plain(400, "A GET has no body", { connection: "close" }));
    }
    clients.set(client, before + 1);
    try {
      const request = await toRequest(incoming);
      if (!(request instanceof Request)) return await sendAnswer(response, request, onSent);
      const answer = await handle(request, client);
      const encoding = request.headers.get("accept-encoding");
      return await sendAnswer(response, await compressJson(answer, encoding), onSent);
    } finally {
      const left = (clients.get(client) ?? 1) - 1;
      if (left > 0) clients.set(client, left);
      else clients.delete(client);
    }
  };

  return {
    get active() {
      return active;
    },
    listener(incoming, response) {
      const startedAt = performance.now();
      let bytes = 0;
      let looked = 0;
      response.on("error", () => {}); // the socket broke, and "close" follows
      const looking = setInterval(() => {
        const isWaiting = response.writableLength === 0;
        if (!isWaiting && bytes - looked < (SLOWEST_BYTES_PER_SECOND * LOOK_MS) / 1000) {
          response.destroy();
        }
        looked = bytes;
      }, LOOK_MS);
      looking.unref();
      active += 1;
      serve(incoming, response, (sent) => {
        bytes += sent;
      })
        .catch((error: unknown) => {
          if (!incoming.errored && !response.destroyed) onError(error);
          response.destroy();
        })
        .finally(() => {
          clearInterval(looking);
          active -= 1;
          onAnswered({
            client: incoming.socket.remoteAddress ?? "",
            method: incoming.method ?? "",
            path: (incoming.url ?? "").split("?")[0]?.slice(0, MOST_LOGGED_PATH) ?? "",
            status: response.statusCode,
            bytes,
            durationMs: Math.round(performance.now() - startedAt),
          });
        });
    },
  };
}

/** Whether a request without a meaning for a body brings one: a way to smuggle a second request past a proxy. */
function hasBody({ method, headers }: IncomingMessage): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function plain(status: number, text: string, headers: Record<string, string>): HubAnswer {
  const body = new TextEncoder().encode(text);
  return {
    status,
    body,
    headers: new Headers({
      "content-type": "text/plain; charset=utf-8",
      "content-length": String(body.byteLength),
      ...headers,
    }),
  };
}
