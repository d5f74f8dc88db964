import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { TransportResponse } from "./transport.ts";

/** What {@link decodedBody} can decode, for `Accept-Encoding`. */
export const READABLE_ENCODINGS = "gzip, deflate, br";

/**
 * A response's body with its `Content-Encoding` (gzip, deflate, br) undone; others come as they are. Throws zlib's
 * errors (`Z_…`) for broken data, and what the body throws.
 */
export function decodedBody(response: TransportResponse): AsyncIterable<Uint8Array> {
  const decoder = decoderFor(response.headers.get("content-encoding"));
  if (!decoder) return response.body;
  const source = Readable.from(response.body);
  source.on("error", (error) => decoder.destroy(error));
  decoder.on("close", () => source.destroy());
  return source.pipe(decoder);
}

function decoderFor(
  encoding: string | undefined,
):
  | ReturnType<typeof createGunzip | typeof createInflate | typeof createBrotliDecompress>
  | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      return undefined;
  }
}
