import { MAX_BODY_BYTES } from "../gate/gate.ts";
import { badRequest } from "../errors.ts";

/** The JSON object of a request, of at most 64 KiB, independent of its headers. Throws `web/bad-request`. */
export async function readBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > MAX_BODY_BYTES) throw badRequest("The request is too long.", "Send less.");
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
  } catch {
    throw badRequest("The request is not JSON.", "Reload the page.");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw badRequest("The request is no JSON object.", "Reload the page.");
}

/** A text of a request. Throws `web/bad-request` where it is none, or longer than `most` characters. */
export function textOf(value: unknown, name: string, most = 300): string {
  if (typeof value === "string" && value !== "" && value.length <= most) return value;
  throw badRequest(`${name} is missing, or no text.`, "Reload the page.");
}

/** A whole number of a request, not below zero. Throws `web/bad-request`. */
export function countOf(value: unknown, name: string): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw badRequest(`${name} is no whole number.`, "Reload the page.");
}
