import type { IncomingMessage } from "node:http";
import { type AnswerFrom, chatPieces } from "./chat-pieces.ts";
import { holdsError, notAnswering, postJson, readText, refused } from "./post-json.ts";

/** The smallest request that makes a server load a model. */
export interface ServerProbe {
  /** Below the server's base, such as `v1/completions`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /**
   * The sign that the model is loaded: the whole `answer`, or the `status` alone, where a server loads before it sends
   * that and may then fail over an answer as short as this one.
   */
  readonly loadedBy: "answer" | "status";
}

/** Which server is probed. */
export interface ProbedServer {
  readonly engine: string;
  readonly base: URL;
  readonly signal: AbortSignal;
  readonly apiKey?: string | undefined;
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Sends a probe and resolves once the model is loaded. Throws as `postJson` and `chatPieces` do. */
export async function probeServer(
  { path, body, loadedBy }: ServerProbe,
  { engine, base, signal, apiKey }: ProbedServer,
): Promise<void> {
  const url = new URL(path, base);
  const response = await postJson(url, { engine, signal, body, apiKey });
  const from = { engine, url, signal };
  if (loadedBy === "answer") {
    await readAnswer(response, from);
    return;
  }
  try {
    await readText(response, MAX_ANSWER_BYTES);
  } catch {
    signal.throwIfAborted();
    // Either the generation failed, which leaves the model loaded, or the server is gone.
    (await postJson(new URL("v1/models", base), { engine, signal, apiKey })).resume();
  }
}

async function readAnswer(response: IncomingMessage, from: AnswerFrom): Promise<void> {
  const { engine, url, signal } = from;
  if (response.headers["content-type"]?.startsWith("text/event-stream")) {
    for await (const _ of chatPieces(response, from)) signal.throwIfAborted();
    return;
  }
  let text: string;
  try {
    text = await readText(response, MAX_ANSWER_BYTES);
    JSON.parse(text);
  } catch (cause) {
    signal.throwIfAborted();
    throw notAnswering(engine, url, cause, "broke off its answer");
  }
  if (holdsError(text)) throw refused(engine, { said: text, status: response.statusCode });
}
