import { createHash } from "node:crypto";

/** A JSON answer with its length and the weak ETag that the Hub puts on one. */
export function jsonAnswer(
  value: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response {
  const text = JSON.stringify(value);
  const length = Buffer.byteLength(text);
  const tag = createHash("sha1").update(text).digest("base64").slice(0, 27);
  return new Response(text, {
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-length": String(length),
      etag: `W/"${length.toString(16)}-${tag}"`,
      ...headers,
    },
  });
}

/** A text answer with its length. */
export function textAnswer(
  text: string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return new Response(text, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-length": String(Buffer.byteLength(text)),
      ...headers,
    },
  });
}
