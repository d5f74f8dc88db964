import fc from "fast-check";
import { expect, test } from "vitest";
import { createRangeSet } from "./ranges.ts";
import { MAX_SEGMENT_BYTES, MIN_SEGMENT_BYTES, planSegments } from "./segments.ts";

const size = fc.integer({ min: 1, max: 20 * 1024 * 1024 * 1024 });

test("segments cover exactly what is missing, in order and without overlap", () => {
  fc.assert(
    fc.property(
      size,
      fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }),
      fc.integer({ min: 1, max: 64 }),
      (total, holes, connections) => {
        const have = createRangeSet(
          holes.map(([a, b]) => {
            const start = a % total;
            return { start, end: Math.min(total, start + 1 + (b % total)) };
          }),
        );
        const missing = have.missing(total);
        const segments = planSegments(missing, connections);
        expect(createRangeSet(segments).covered + have.covered).toBe(total);
        let position = 0;
        for (const segment of segments) {
          expect(segment.start).toBeGreaterThanOrEqual(position);
          expect(segment.end).toBeGreaterThan(segment.start);
          expect(segment.end - segment.start).toBeLessThanOrEqual(MAX_SEGMENT_BYTES * 1.5);
          position = segment.end;
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("a file below the smallest segment is one request", () => {
  expect(planSegments([{ start: 0, end: MIN_SEGMENT_BYTES }], 8)).toEqual([
    { start: 0, end: MIN_SEGMENT_BYTES },
  ]);
});

test("nothing missing means no segment", () => {
  expect(planSegments([], 8)).toEqual([]);
});
