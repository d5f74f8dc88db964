import fc from "fast-check";
import { expect, it } from "vitest";
import { createCovered } from "./covered.ts";

const range = fc
  .tuple(fc.nat(60), fc.nat(60))
  .map(([start, length]) => [start, start + length] as const);

it("knows how far the bytes go on, whatever the order they came in", () => {
  fc.assert(
    fc.property(fc.array(range), fc.nat(130), (ranges, position) => {
      const covered = createCovered();
      const here = new Set<number>();
      for (const [start, end] of ranges) {
        covered.add(start, end);
        for (let at = start; at < end; at += 1) here.add(at);
      }
      let end = position;
      while (here.has(end)) end += 1;
      expect(covered.endFrom(position)).toBe(end);
    }),
  );
});
