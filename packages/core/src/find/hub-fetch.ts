import type { HubClient } from "../hub/hub-client.ts";
import type { Question } from "../hub/question.ts";

/** Headers that describe the body as it was sent, which is not how it is passed on. */
const TRANSPORT_HEADERS = new Set(["content-encoding", "content-length", "transfer-encoding"]);
const NO_BODY = new Set([204, 205, 304]);

/**
 * A client's `request` in the shape of `fetch`, for libraries such as @huggingface/hub: string bodies only. It never
 * resolves with a status of 400 or more but throws the coded error. The caller's `Authorization` is dropped, and the
 * client adds its own.
 */
export function createHubFetch(
  client: Pick<HubClient, "request">,
  question: Question = { kind: "list" },
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { method } = request;
    if (method !== "GET" && method !== "HEAD" && method !== "POST") {
      throw new TypeError(`the Hub client sends no ${method} requests`);
    }
    const headers = Object.fromEntries(
      [...request.headers].filter(([name]) => name !== "authorization"),
    );
    const answer = await client.request(new URL(request.url), {
      question,
      method,
      headers,
      signal: request.signal,
      ...(method === "POST" && { body: await request.text() }),
    });
    const response = new Response(NO_BODY.has(answer.status) ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: [...answer.headers.entries()].filter(([name]) => !TRANSPORT_HEADERS.has(name)) as [
        string,
        string,
      ][],
    });
    return Object.defineProperty(response, "url", { value: answer.url.href });
  };
}
