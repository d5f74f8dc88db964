import type { ByteRange } from "../disk/ranges.ts";

/** Who brought which bytes of the blobs of a download, in order of arrival. */
export interface Deliveries {
  add(path: string, range: ByteRange, source: string): void;
  /** The sources that the bytes of a range come from now. */
  sourcesOf(path: string, range: ByteRange): ReadonlySet<string>;
  /**
   * A range cut at each point where a source's bytes begin or end. Each part names all sources that brought it, none
   * for an earlier run.
   */
  parts(path: string, range: ByteRange): readonly DeliveredPart[];
  /** The sources whose bytes of these ranges were replaced by another's. */
  replaced(path: string, ranges: readonly ByteRange[]): ReadonlySet<string>;
}

/** A range that was brought by the same sources from its start to its end. */
export interface DeliveredPart extends ByteRange {
  readonly sources: ReadonlySet<string>;
}

/** An empty record. */
export function createDeliveries(): Deliveries {
  const delivered = new Map<string, (ByteRange & { readonly source: string })[]>();
  const overlapping = (path: string, range: ByteRange) =>
    (delivered.get(path) ?? []).filter(({ start, end }) => start < range.end && range.start < end);

  const sourcesOf = (path: string, range: ByteRange): ReadonlySet<string> => {
    const sources = new Set<string>();
    let left: readonly ByteRange[] = [range];
    for (const { start, end, source } of overlapping(path, range).toReversed()) {
      const before = left;
      left = before.flatMap((part) => [
        ...(part.start < start ? [{ start: part.start, end: Math.min(part.end, start) }] : []),
        ...(part.end > end ? [{ start: Math.max(part.start, end), end: part.end }] : []),
      ]);
      if (size(left) < size(before)) sources.add(source);
    }
    return sources;
  };

  return {
    add(path, range, source) {
      if (range.start >= range.end) return;
      const list = delivered.get(path) ?? [];
      list.push({ ...range, source });
      delivered.set(path, list);
    },
    sourcesOf,
    parts(path, range) {
      const all = overlapping(path, range);
      const cuts = new Set([range.start, range.end]);
      for (const { start, end } of all) {
        if (start > range.start) cuts.add(start);
        if (end < range.end) cuts.add(end);
      }
      const sorted = [...cuts].toSorted((a, b) => a - b);
      return sorted.slice(1).map((end, index) => {
        const start = sorted[index] ?? range.start;
        const by = all.filter((one) => one.start <= start && one.end >= end);
        return { start, end, sources: new Set(by.map(({ source }) => source)) };
      });
    },
    replaced(path, ranges) {
      const sources = new Set<string>();
      for (const range of ranges) {
        const now = sourcesOf(path, range);
        for (const { source } of overlapping(path, range))
          if (!now.has(source)) sources.add(source);
      }
      return sources;
    },
  };
}

const size = (ranges: readonly ByteRange[]): number =>
  ranges.reduce((sum, { start, end }) => sum + end - start, 0);
