import { gzip } from "node:zlib";
import { promisify } from "node:util";
import type { HubAnswer } from "./answer.ts";
import { isSlice } from "./answer.ts";

/** CloudFront leaves smaller bodies as they are. */
const MIN_BYTES = 1000;
const compress = promisify(gzip);

/**
 * The answer as it goes over the wire: JSON is compressed for clients that accept gzip, and has no length then, also for
 * HEAD (GET /api/models/…/revision/main in an httpcore log of 2026-06-08). Anything else stays as it is.
 */
export async function compressJson(
  answer: HubAnswer,
  acceptEncoding: string | null,
): Promise<HubAnswer> {
  const { headers, body } = answer;
  const isJson = headers.get("content-type")?.startsWith("application/json") === true;
  const length = Number(headers.get("content-length") ?? 0);
  if (!isJson || length < MIN_BYTES || isSlice(body) || headers.has("content-encoding"))
    return answer;
  if (!/\bgzip\b/.test(acceptEncoding ?? "")) return answer;
  const packed = new Headers(headers);
  packed.delete("content-length");
  packed.set("content-encoding", "gzip");
  return {
    ...answer,
    headers: packed,
    body: body && new Uint8Array(await compress(body)),
  };
}
