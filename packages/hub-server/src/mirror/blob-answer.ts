import type { HubAnswer } from "../http/answer.ts";
import { rangeAllowed } from "../http/conditional.ts";
import { parseRange } from "../http/range.ts";
import { fileBlob } from "../store/blob-source.ts";
import type { OfferedBlob } from "./offered-blobs.ts";

const ROUTE = /^\/\.mlx-download\/blobs\/sha256\/([0-9a-f]{64})$/;

/** The digest that a path asks for: `/.mlx-download/blobs/sha256/<hex>`. Undefined for any other path. */
export function requestedDigest(path: string): string | undefined {
  return ROUTE.exec(path)?.[1];
}

/** A blob, or the asked range of it. Without one the same 404 for every digest. */
export function blobAnswer(
  request: Request,
  hex: string,
  blob: OfferedBlob | undefined,
): HubAnswer {
  const isHead = request.method === "HEAD";
  if (blob === undefined) {
    const headers = new Headers({ "content-length": "0", "cache-control": "no-store" });
    return { status: 404, headers, body: undefined };
  }
  const { path, size } = blob;
  const etag = `"${hex}"`;
  const asked = rangeAllowed(request.headers.get("if-range") ?? undefined, etag)
    ? (request.headers.get("range") ?? undefined)
    : undefined;
  const range = parseRange(asked, size);
  const headers = new Headers({
    etag,
    "accept-ranges": "bytes",
    "content-type": "application/octet-stream",
    "cache-control": "no-store",
  });
  if (range.kind === "unsatisfiable") {
    headers.set("content-range", `bytes */${size}`);
    headers.set("content-length", "0");
    return { status: 416, headers, body: undefined };
  }
  const { start, end } = range.kind === "part" ? range : { start: 0, end: size };
  headers.set("content-length", String(end - start));
  if (range.kind === "part") headers.set("content-range", `bytes ${start}-${end - 1}/${size}`);
  const body = isHead ? undefined : { blob: fileBlob(path, size), start, end };
  return { status: range.kind === "part" ? 206 : 200, headers, body };
}
