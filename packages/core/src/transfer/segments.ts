import type { ByteRange } from "./ranges.ts";

/** Smallest piece worth a request of its own: below it the round trip costs more than the parallelism gives. */
export const MIN_SEGMENT_BYTES: number = 8 * 1024 * 1024;
/** Largest piece: what a failed verification of one segment may cost. */
export const MAX_SEGMENT_BYTES: number = 64 * 1024 * 1024;

/**
 * Cuts what is missing of a blob into segments so that each of `connections` gets about four turns: enough for the
 * last ones to end together, few enough that requests stay cheap. In order of position, so that hashing can follow.
 */
export function planSegments(missing: readonly ByteRange[], connections: number): ByteRange[] {
  const total = missing.reduce((sum, gap) => sum + gap.end - gap.start, 0);
  const wanted = Math.ceil(total / Math.max(1, connections * 4));
  const length = Math.min(MAX_SEGMENT_BYTES, Math.max(MIN_SEGMENT_BYTES, wanted));
  const segments: ByteRange[] = [];
  for (const gap of missing) {
    // Equal parts of each gap: a tail of a few KB would cost a whole request.
    const parts = Math.max(1, Math.round((gap.end - gap.start) / length));
    const step = Math.ceil((gap.end - gap.start) / parts);
    for (let start = gap.start; start < gap.end; start += step) {
      segments.push({ start, end: Math.min(gap.end, start + step) });
    }
  }
  return segments;
}
