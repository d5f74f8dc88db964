import { ModelDownloadError } from "../contract/errors.ts";
import { decodedBody } from "./decoded-body.ts";
import type { TransportResponse } from "./transport.ts";

/**
 * The whole decoded body, at most `limit` bytes (which also stops a decompression bomb). Throws `hub/bad-response` when
 * it is larger or cannot be decoded, and the body's own errors.
 */
export async function readBody(response: TransportResponse, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of decodedBody(response)) {
      size += chunk.length;
      if (size > limit) {
        throw new ModelDownloadError(
          `The server's answer is larger than ${limit} bytes`,
          "hub/bad-response",
          {
            hint: "Check that HF_ENDPOINT names a Hub and that no proxy answers in its place.",
            data: { limit },
          },
        );
      }
      chunks.push(chunk);
    }
  } catch (cause) {
    response.discard();
    throw cause;
  }
  return Buffer.concat(chunks, size);
}
