import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { EngineAdapterError } from "../contract/errors.ts";

const MAX_ERROR_BYTES = 64 * 1024;

/**
 * A request to an engine's server. `fetch` would give up after five minutes, and a large model takes longer to load.
 */
export interface EngineRequest {
  /** The engine's name, for messages. */
  readonly engine: string;
  readonly signal: AbortSignal;
  /** Sent as JSON. Absent: GET. */
  readonly body?: object | undefined;
  /** Sent as a bearer token. */
  readonly apiKey?: string | undefined;
}

/**
 * Sends a request and resolves with the answer once its headers are there, whenever that is. Throws
 * `engine/not-answering` when there is no answer, `engine/refused` with the server's own words for any but 2xx.
 */
export async function postJson(
  url: URL,
  { engine, signal, body, apiKey }: EngineRequest,
): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const answer = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  const request = send(url, {
    method: text ? "POST" : "GET",
    signal,
    // A server that was ended may leave a dead connection behind.
    agent: false,
    headers: {
      ...(text && { "content-type": "application/json", "content-length": text.length }),
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    },
  });
  request.on("response", answer.resolve).on("error", answer.reject).end(text);
  let response: IncomingMessage;
  try {
    response = await answer.promise;
  } catch (cause) {
    signal.throwIfAborted();
    throw notAnswering(engine, url, cause);
  }
  const { statusCode = 0 } = response;
  if (statusCode >= 200 && statusCode < 300) return response;
  const said = await readText(response, MAX_ERROR_BYTES).catch(() => "");
  throw refused(engine, { said, status: statusCode });
}

/** The whole body as text. Throws when it is longer than `limit` bytes. */
export async function readText(response: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) {
      response.destroy();
      throw new RangeError(`the answer is longer than ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** No connection, or one that broke. */
export function notAnswering(
  engine: string,
  url: URL,
  cause: unknown,
  what = "does not answer",
): EngineAdapterError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new EngineAdapterError(
    `${engine} ${what} at ${url.origin} (${code ?? message ?? String(cause)})`,
    "engine/not-answering",
    {
      hint: "Start the engine's server, or check its address and its log.",
      data: { engine, url: url.origin },
      cause,
    },
  );
}

/** The server's own message about a failed request: `said` is its text, which `data.said` keeps. */
export function refused(
  engine: string,
  { said, status }: { readonly said: string; readonly status: number | undefined },
): EngineAdapterError {
  return new EngineAdapterError(
    `${engine} refused: ${serverMessage(said).slice(0, 500) || `status ${status}`}`,
    "engine/refused",
    {
      hint: "Read the engine's message. The model itself is complete on this disk.",
      data: { engine, status: status ?? null, said: said.slice(0, 4096) },
    },
  );
}

/** Does a JSON text hold an error instead of an answer? */
export function holdsError(text: string): boolean {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return error !== undefined && error !== null;
  } catch {
    return false;
  }
}

/**
 * Errors of OpenAI-like servers: `{"error": "…"}`, `{"error": {"message": "…"}}`, `{"detail": …}`. Otherwise the text.
 */
function serverMessage(text: string): string {
  try {
    const { error, detail } = JSON.parse(text) as {
      readonly error?: unknown;
      readonly detail?: unknown;
    };
    const reason = error ?? detail;
    if (typeof reason === "string") return reason;
    const { message } = reason as { readonly message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // No JSON: the text itself is the best there is.
  }
  return text.trim();
}
