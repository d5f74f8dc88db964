import type { ResponseHeaders } from "../../http/transport.ts";
import { parseContentRange } from "./content-range.ts";
import type { ByteRange } from "../disk/ranges.ts";

/** The meaning of a 200, 206 or 416 for the range that was asked for. */
export type Judgement =
  /** The body starts at the wanted byte after `skip` bytes and holds `length` wanted ones (unknown: until it ends). */
  | { readonly kind: "bytes"; readonly skip: number }
  /** The whole file, for a part too. */
  | { readonly kind: "ranges-ignored" }
  /** The answer cannot hold these bytes. `why` completes "the server …". */
  | { readonly kind: "short" | "wrong-answer"; readonly why: string };

/**
 * Judges an answer by the tree, not by the server's labels: `asked` is the Range that was sent (undefined: none),
 * `wanted` the needed part of a blob of `size` bytes. Servers in the field answer a range with 200 and no
 * Content-Range, ignore ranges, or announce other lengths.
 */
export function judgeAnswer(
  answer: { readonly status: number; readonly headers: ResponseHeaders },
  request: {
    readonly size: number;
    readonly wanted: ByteRange;
    readonly asked: ByteRange | undefined;
  },
): Judgement {
  const { status, headers } = answer;
  const { size, wanted, asked } = request;
  const length = contentLength(headers);
  const needed = wanted.end - wanted.start;

  if (status === 416) {
    return {
      kind: "short",
      why: `says that bytes ${wanted.start}-${wanted.end - 1} of ${size} do not exist`,
    };
  }
  if (status === 206) return judgePart(request, headers.get("content-range"), length);
  if (asked === undefined) {
    if (length !== undefined && length !== size) {
      return { kind: "short", why: `announced ${length} bytes, the Hub's listing says ${size}` };
    }
    return { kind: "bytes", skip: wanted.start };
  }
  // A 200 is the whole file only if its length says so: some mirrors send just the part, and call it 200.
  if (length === size) {
    return needed === size ? { kind: "bytes", skip: 0 } : { kind: "ranges-ignored" };
  }
  if (length === needed) return { kind: "bytes", skip: 0 };
  if (length === undefined) return { kind: "ranges-ignored" };
  return { kind: "short", why: `announced ${length} bytes for a file of ${size}` };
}

/**
 * A 206 is judged by its Content-Range where it has one. Without it, a body of exactly the wanted length or of unknown
 * length is taken for the wanted bytes: proxies drop both headers, and every byte is verified later.
 */
function judgePart(
  { size, wanted, asked = wanted }: Parameters<typeof judgeAnswer>[1],
  header: string | undefined,
  length: number | undefined,
): Judgement {
  const needed = wanted.end - wanted.start;
  const range = parseContentRange(header);
  if (range === undefined) {
    const fits = length === needed || length === undefined;
    if (fits && asked.start === wanted.start) return { kind: "bytes", skip: 0 };
    return { kind: "wrong-answer", why: "sent a part without saying which" };
  }
  if (range.start !== asked.start || range.end > asked.end) {
    return {
      kind: "wrong-answer",
      why: `sent bytes ${range.start}-${range.end - 1} instead of ${asked.start}-${asked.end - 1}`,
    };
  }
  if (range.total !== undefined && range.total !== size) {
    return { kind: "short", why: `has ${range.total} bytes, the Hub's listing says ${size}` };
  }
  if (length !== undefined && length < needed) {
    return { kind: "short", why: `announced ${length} of the ${needed} bytes asked for` };
  }
  return { kind: "bytes", skip: 0 };
}

function contentLength(headers: ResponseHeaders): number | undefined {
  // The length after a content coding says nothing about the file.
  if (isEncoded(headers)) return undefined;
  const text = headers.get("content-length") ?? "";
  return /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}

/** Was the body compressed, although `identity` was asked for? */
export function isEncoded(headers: ResponseHeaders): boolean {
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  return coding !== "" && coding !== "identity";
}
