import type { ListedRange } from "../read/reconstruction.ts";
import { mergeSpans, type Span } from "../read/span.ts";
import type { XorbMark } from "./sidecar.ts";

/** Chunks that are fetched with one request, and where their bytes are. */
export interface FetchSpan {
  readonly range: ListedRange;
  readonly chunks: Span;
  readonly bytes: Span;
}

// Below it a hole costs less than a request of its own.
const JOIN_BYTES = 256 * 1024;

/**
 * The spans to ask for so that all `missing` chunks of a listed range come: the whole range, or with `marks` (where chunks of
 * the xorb start) the parts of it whose ends are known. The offsets of marks are hints: another upload of the same xorb
 * may be packed otherwise, and decoding tells.
 */
export function fetchSpans(
  range: ListedRange,
  missing: readonly Span[],
  marks: readonly XorbMark[] | undefined,
): readonly FetchSpan[] {
  if (missing.length === 0) return [];
  if (marks === undefined) return [{ range, chunks: range.chunks, bytes: range.bytes }];
  const known = new Map<number, number>();
  for (const { xorb, chunk, byte } of marks) {
    const inside = byte > range.bytes.start && byte < range.bytes.end;
    if (xorb === range.xorb && inside) known.set(chunk, byte);
  }
  known.set(range.chunks.start, range.bytes.start);
  known.set(range.chunks.end, range.bytes.end);
  const places = [...known]
    .filter(([chunk]) => chunk >= range.chunks.start && chunk <= range.chunks.end)
    .toSorted(([a], [b]) => a - b);
  // Offsets that do not grow with their chunks are of two ways to pack: then none of them can be told from the others.
  if (places.some(([, byte], index) => index > 0 && byte <= (places[index - 1]?.[1] ?? 0))) {
    return [{ range, chunks: range.chunks, bytes: range.bytes }];
  }
  const widened = mergeSpans(missing).map(({ start, end }) => ({
    start: places.findLastIndex(([chunk]) => chunk <= start),
    end: places.findIndex(([chunk]) => chunk >= end),
  }));
  const byteOf = (place: number): number => places[place]?.[1] ?? 0;
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of mergeSpans(widened)) {
    const last = joined.at(-1);
    if (last !== undefined && byteOf(start) - byteOf(last.end) <= JOIN_BYTES) last.end = end;
    else joined.push({ start, end });
  }
  return joined.map(({ start, end }) => ({
    range,
    chunks: { start: places[start]?.[0] ?? 0, end: places[end]?.[0] ?? 0 },
    bytes: { start: byteOf(start), end: byteOf(end) },
  }));
}

/** Those of `spans`, which are in order, that have some of `chunks`. */
export function spansAt(spans: readonly FetchSpan[], chunks: Span): readonly FetchSpan[] {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as FetchSpan).chunks.end <= chunks.start) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while ((spans[end]?.chunks.start ?? Infinity) < chunks.end) end += 1;
  return spans.slice(low, end);
}
