/** Ranges of a file that have arrived, as what is read of them: up to where the bytes go on from a position. */
export interface Covered {
  add(start: number, end: number): void;
  /** The end of the bytes that lie here without a gap from `position` on. `position` itself when there are none. */
  endFrom(position: number): number;
}

/** An empty {@link Covered}. */
export function createCovered(): Covered {
  /** Sorted, apart from each other. */
  let ranges: { start: number; end: number }[] = [];
  return {
    add(start, end) {
      if (end <= start) return;
      const merged = { start, end };
      const apart = ranges.filter((range) => {
        if (range.end < merged.start || range.start > merged.end) return true;
        merged.start = Math.min(merged.start, range.start);
        merged.end = Math.max(merged.end, range.end);
        return false;
      });
      const at = apart.findIndex((range) => range.start > merged.end);
      apart.splice(at < 0 ? apart.length : at, 0, merged);
      ranges = apart;
    },
    endFrom(position) {
      const range = ranges.find(({ start, end }) => start <= position && position < end);
      return range?.end ?? position;
    },
  };
}
