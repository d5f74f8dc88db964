import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRange } from "./range.ts";

test("a range, an open one and a suffix name bytes of the body", () => {
  expect(parseRange("bytes=0-0", 10)).toEqual({ kind: "part", start: 0, end: 1 });
  expect(parseRange("bytes=3-", 10)).toEqual({ kind: "part", start: 3, end: 10 });
  expect(parseRange("bytes=-4", 10)).toEqual({ kind: "part", start: 6, end: 10 });
  expect(parseRange("bytes=-40", 10)).toEqual({ kind: "part", start: 0, end: 10 });
  expect(parseRange("bytes=5-99", 10)).toEqual({ kind: "part", start: 5, end: 10 });
});

test("a range that begins behind the end cannot be satisfied", () => {
  expect(parseRange("bytes=10-", 10).kind).toBe("unsatisfiable");
  expect(parseRange("bytes=0-0", 0).kind).toBe("unsatisfiable");
  expect(parseRange("bytes=-0", 10).kind).toBe("unsatisfiable");
});

test("what is no single byte range is ignored", () => {
  for (const header of [
    undefined,
    "",
    "bytes=",
    "bytes=-",
    "items=0-1",
    "bytes=0-1,3-4",
    "bytes=5-2",
    "bytes=a-b",
  ]) {
    expect(parseRange(header, 10)).toEqual({ kind: "whole" });
  }
});

test("whatever is asked for, a part lies inside the body and is not empty", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.nat(), fc.nat(), (junk, size, a, b) => {
      for (const header of [junk, `bytes=${a}-${b}`, `bytes=-${a}`, `bytes=${a}-`]) {
        const range = parseRange(header, size);
        if (range.kind !== "part") continue;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThan(range.start);
        expect(range.end).toBeLessThanOrEqual(size);
      }
    }),
  );
});
