/** The meaning of a Range header for a body of a known size: `start` inclusive, `end` exclusive. */
export type RangeAnswer =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly start: number; readonly end: number }
  | { readonly kind: "unsatisfiable" };

/**
 * Reads a Range header (RFC 9110, 14): `bytes=a-b`, `bytes=a-`, `bytes=-n`. Other units, several ranges and malformed
 * ones are ignored, which the RFC allows: the answer is then the whole body.
 */
export function parseRange(header: string | undefined, size: number): RangeAnswer {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (!match || (first === "" && last === "")) return { kind: "whole" };
  if (first === "") {
    const length = Number(last);
    if (length === 0 || size === 0) return { kind: "unsatisfiable" };
    return { kind: "part", start: Math.max(0, size - length), end: size };
  }
  const start = Number(first);
  const lastByte = last === "" ? Number.POSITIVE_INFINITY : Number(last);
  if (lastByte < start) return { kind: "whole" };
  if (start >= size) return { kind: "unsatisfiable" };
  return { kind: "part", start, end: Math.min(size, lastByte + 1) };
}
