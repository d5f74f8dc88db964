import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { ModelDownloadError } from "../contract/errors.ts";
import type { TransportResponse } from "./transport.ts";

/** The codings that {@link decodedBody} knows, for `Accept-Encoding`. */
export const READABLE_ENCODINGS = "gzip, deflate, br";

/**
 * A response's body with its `Content-Encoding` (gzip, deflate, br) decoded. Other encodings stay as they are. Throws
 * `transfer/interrupted` for truncated compressed data, `hub/bad-response` for data that cannot be decompressed, and
 * the body's own errors.
 */
export function decodedBody(response: TransportResponse): AsyncIterable<Uint8Array> {
  const decoder = decoderFor(response.headers.get("content-encoding"));
  if (!decoder) return response.body;
  const source = Readable.from(response.body);
  source.on("error", (error) => decoder.destroy(error));
  decoder.on("close", () => source.destroy());
  return coded(source.pipe(decoder));
}

async function* coded(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "Z_BUF_ERROR") {
      throw new ModelDownloadError(
        "The server's compressed answer breaks off",
        "transfer/interrupted",
        { hint: "Run the same command again: it continues where it stopped.", cause },
      );
    }
    if (!/^(Z_|ERR__?BROTLI)/.test(code)) throw cause;
    throw new ModelDownloadError("The server's answer cannot be decompressed", "hub/bad-response", {
      hint: "Try again. If the error persists, the server or a proxy is broken.",
      cause,
    });
  }
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
