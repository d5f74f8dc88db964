import { generalizeAnswer } from "./generalize.ts";
import type { HubQuestion } from "./questions.ts";
import type { RecordedAnswer } from "./recording.ts";

/** Looks like a token of the Hub and is none. */
export const MADE_UP_TOKEN: string = `hf_${"x".repeat(34)}`;
const MAX_BODY_BYTES = 2_000_000;
const TIMEOUT_MS = 30_000;

/** Which Hub is asked, and how. */
export interface AskOptions {
  /** Without a trailing slash. */
  readonly endpoint: string;
  /** Without it, questions as `own token` cannot be asked. */
  readonly token?: string | undefined;
  readonly source: string;
  /** The day, as `2026-10-06`. */
  readonly today: string;
}

/** Asks one question and generalizes the answer. No token leaves the endpoint's host. Rejects when there is no answer. */
export async function askHub(question: HubQuestion, options: AskOptions): Promise<RecordedAnswer> {
  const { endpoint, token } = options;
  const { as = "anonymous", method = "GET", path, headers = {}, form, follow } = question;
  const own = as === "own token" ? token : as === "made-up token" ? MADE_UP_TOKEN : undefined;
  let response = await ask(endpoint + path, {
    method,
    headers: { ...headers, ...(own === undefined ? {} : { authorization: `Bearer ${own}` }) },
    ...(form ? { body: new URLSearchParams(form) } : {}),
  });
  if (follow) {
    const etag = response.headers.get("x-linked-etag") ?? response.headers.get("etag") ?? "";
    const target = new URL(response.headers.get("location") ?? "", endpoint + path);
    const named = Object.entries(follow).map(([name, value]) => [
      name,
      value.replace("<etag>", etag),
    ]);
    await response.body?.cancel();
    response = await ask(target.href, { headers: Object.fromEntries(named) });
  }
  return generalizeAnswer(
    {
      question: question.id,
      status: response.status,
      headers: response.headers,
      body: method === "HEAD" ? "" : await bodyOf(response),
    },
    options,
  );
}

async function ask(
  url: string,
  init: Omit<RequestInit, "headers"> & { readonly headers: Readonly<Record<string, string>> },
): Promise<Response> {
  // Without one, the client would accept gzip for every answer and hide the length.
  const headers = { "accept-encoding": "identity", ...init.headers };
  return fetch(url, {
    ...init,
    headers,
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

/** The start of the body as text; that of a file is not kept. */
async function bodyOf(response: Response): Promise<string> {
  const isText = /json|text/.test(response.headers.get("content-type") ?? "");
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.byteLength;
    pieces.push(piece);
    if (size > MAX_BODY_BYTES) break;
  }
  return isText ? Buffer.concat(pieces).toString("utf8") : "";
}
