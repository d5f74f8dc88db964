import { gzip } from "node:zlib";
import { promisify } from "node:util";
import type { BlobSource } from "../store/blob-source.ts";
import { readBlob } from "../store/blob-source.ts";
import { rangeAllowed } from "./conditional.ts";
import type { HubContext } from "./hub-env.ts";
import { parseRange } from "./range.ts";
import { unmixed } from "./unmixed.ts";

const GZIP_MAX_BYTES = 1_000_000;
const compress = promisify(gzip);

/** The bytes of a file, whole or the range that was asked for, with `headers` (which hold the ETag) and the length. */
export async function fileAnswer(
  c: HubContext,
  blob: BlobSource,
  headers: Record<string, string> & { readonly etag: string },
): Promise<Response> {
  const { config } = c.env;
  const size = blob.size;
  const asked = rangeAllowed(c.req.header("if-range"), headers.etag)
    ? c.req.header("range")
    : undefined;
  const parsed = parseRange(asked, size);
  const answer = blob.wasWrong === true ? unmixed(c, { parsed, headers }) : undefined;
  if (answer === "refused") {
    return new Response(null, { status: 416, headers: { ...headers, "content-length": "0" } });
  }
  const { range = parsed, etag = headers.etag } = answer ?? {};
  const ranged = { ...headers, etag, "accept-ranges": "bytes" };
  if (range.kind === "unsatisfiable" && (size > 0 || config.emptyRange === 416)) {
    return new Response(null, {
      status: 416,
      headers: { ...ranged, "content-range": `bytes */${size}`, "content-length": "0" },
    });
  }
  if (range.kind === "part") {
    const { start, end } = range;
    c.env.body = { blob, start, end };
    return new Response(null, {
      status: 206,
      headers: {
        ...ranged,
        "content-length": String(end - start),
        "content-range": `bytes ${start}-${end - 1}/${size}`,
      },
    });
  }
  if (config.gzip && size > 0 && size <= GZIP_MAX_BYTES && wantsGzip(c, headers)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of readBlob(blob)) pieces.push(piece);
    const packed = await compress(Buffer.concat(pieces));
    return new Response(new Uint8Array(packed), {
      status: 200,
      headers: { ...headers, etag: `W/${headers.etag}`, "content-encoding": "gzip" },
    });
  }
  c.env.body = { blob, start: 0, end: size };
  return new Response(null, {
    status: 200,
    headers: {
      ...ranged,
      "content-length": String(size),
      // @huggingface/hub asks every file for `bytes=0-0` and takes the size from this header alone.
      ...(range.kind === "unsatisfiable" ? { "content-range": "bytes */0" } : {}),
    },
  });
}

function wantsGzip(c: HubContext, headers: Record<string, string>): boolean {
  return (
    headers["content-type"]?.startsWith("text/") === true &&
    /\bgzip\b/.test(c.req.header("accept-encoding") ?? "")
  );
}
