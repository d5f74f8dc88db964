/** A byte range, end exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Sorted, disjoint, non-touching ranges with O(log n) insertion: which bytes of a blob are on this disk. */
export interface RangeSet {
  add(start: number, end: number): void;
  remove(start: number, end: number): void;
  /** Bytes covered. */
  readonly covered: number;
  /** Bytes covered without a gap from 0. */
  readonly frontier: number;
  /** The gaps of `[0, size)`, in order. */
  missing(size: number): ByteRange[];
  ranges(): readonly ByteRange[];
  clear(): void;
}

/** An empty set, or one over `initial` (any order, overlaps allowed). */
export function createRangeSet(initial: readonly ByteRange[] = []): RangeSet {
  let ranges: { start: number; end: number }[] = [];
  let covered = 0;

  /** Index of the first range whose end is not before `position`. */
  const firstTouching = (position: number): number => {
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const range = ranges[middle];
      if (range !== undefined && range.end < position) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const set: RangeSet = {
    add(start, end) {
      if (end <= start) return;
      const from = firstTouching(start);
      const merged = { start, end };
      let to = from;
      for (let range = ranges[to]; range !== undefined && range.start <= end; range = ranges[to]) {
        merged.start = Math.min(merged.start, range.start);
        merged.end = Math.max(merged.end, range.end);
        covered -= range.end - range.start;
        to += 1;
      }
      ranges.splice(from, to - from, merged);
      covered += merged.end - merged.start;
    },
    remove(start, end) {
      const kept = ranges.flatMap((range) => [
        { start: range.start, end: Math.min(range.end, start) },
        { start: Math.max(range.start, end), end: range.end },
      ]);
      ranges = kept.filter((range) => range.start < range.end);
      covered = ranges.reduce((sum, range) => sum + range.end - range.start, 0);
    },
    get covered() {
      return covered;
    },
    get frontier() {
      const first = ranges[0];
      return first !== undefined && first.start === 0 ? first.end : 0;
    },
    missing(size) {
      const gaps: ByteRange[] = [];
      let position = 0;
      for (const range of ranges) {
        if (range.start >= size) break;
        if (range.start > position) gaps.push({ start: position, end: range.start });
        position = Math.max(position, range.end);
      }
      if (position < size) gaps.push({ start: position, end: size });
      return gaps;
    },
    ranges: () => ranges,
    clear() {
      ranges = [];
      covered = 0;
    },
  };
  for (const range of initial) set.add(range.start, range.end);
  return set;
}
