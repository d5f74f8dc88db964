import type { IncomingMessage } from "node:http";
import { EngineAdapterError } from "../contract/errors.ts";
import { serverSentEvents } from "./event-stream.ts";
import { holdsError, notAnswering, refused } from "./post-json.ts";

/** Where an answer comes from. */
export interface AnswerFrom {
  readonly engine: string;
  readonly url: URL;
  readonly signal: AbortSignal;
}

/**
 * The pieces of text of a streamed chat, until `[DONE]`. Throws the signal's reason as soon as it is aborted,
 * `engine/refused` for an error that the server sends in place of a piece, and `engine/not-answering` when the stream
 * ends, in whatever way, without `[DONE]`: over HTTP/1.0 a server that was killed looks like one that has finished.
 */
export async function* chatPieces(
  response: IncomingMessage,
  { engine, url, signal }: AnswerFrom,
): AsyncGenerator<string, void, undefined> {
  response.setEncoding("utf8");
  try {
    for await (const { type, data } of serverSentEvents(response as AsyncIterable<string>)) {
      signal.throwIfAborted();
      if (data.trim() === "[DONE]") return;
      if (type === "error" || holdsError(data)) {
        throw refused(engine, { said: data, status: response.statusCode });
      }
      const piece = pieceOf(data);
      if (piece === "") continue;
      yield piece;
      signal.throwIfAborted();
    }
    throw new Error("it ended without [DONE]");
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof EngineAdapterError) throw cause;
    throw notAnswering(engine, url, cause, "broke off its answer");
  }
}

/** The text in one event. Empty for an event without text. Throws for an event that is not a chat's. */
function pieceOf(data: string): string {
  const { choices } = JSON.parse(data) as {
    readonly choices?: readonly { readonly delta?: { readonly content?: unknown } }[];
  };
  const content = choices?.[0]?.delta?.content;
  return typeof content === "string" ? content : "";
}
