import fc from "fast-check";
import { expect, test } from "vitest";
import { createRangeSet } from "./ranges.ts";

const SIZE = 64;
const range = fc
  .tuple(fc.integer({ min: 0, max: SIZE }), fc.integer({ min: 0, max: SIZE }))
  .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));

test("a range set agrees with a plain set of byte positions, whatever is added in whatever order", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), (ranges) => {
      const set = createRangeSet(ranges);
      const model = new Set(
        ranges.flatMap(({ start, end }) =>
          Array.from({ length: end - start }, (_, i) => start + i),
        ),
      );
      expect(set.covered).toBe(model.size);
      let frontier = 0;
      while (model.has(frontier)) frontier += 1;
      expect(set.frontier).toBe(frontier);
      const missing = set
        .missing(SIZE)
        .flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));
      expect(missing).toEqual(
        Array.from({ length: SIZE }, (_, i) => i).filter((i) => !model.has(i)),
      );
      const stored = set.ranges();
      expect(stored.every((one) => one.start < one.end)).toBe(true);
      expect(stored.slice(1).every((one, index) => one.start > (stored[index]?.end ?? 0))).toBe(
        true,
      );
    }),
  );
});

test("clearing forgets everything", () => {
  const set = createRangeSet([{ start: 0, end: 10 }]);
  set.clear();
  expect([set.covered, set.frontier, set.missing(5)]).toEqual([0, 0, [{ start: 0, end: 5 }]]);
});
