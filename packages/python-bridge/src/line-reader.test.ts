import fc from "fast-check";
import { expect, test } from "vitest";
import { createLineReader } from "./line-reader.ts";

/** The bytes cut at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1))), bytes.length];
  let start = 0;
  return ends
    .toSorted((a, b) => a - b)
    .map((end) => {
      const piece = bytes.subarray(start, end);
      start = end;
      return piece;
    });
}

test("lines come out as they went in, wherever the chunks are cut", () => {
  const line = fc
    .string({ unit: "grapheme", maxLength: 40 })
    .map((text) => text.replaceAll(/[\r\n]/gu, ""));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat()), (lines, places) => {
      const reader = createLineReader(10_000);
      const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(""));
      const read = cut(bytes, places).flatMap((chunk) => reader.push(chunk) ?? ["too long"]);
      expect(read).toEqual(lines);
    }),
  );
});

test("a line that is too long is refused before it is whole, and one that just fits is not", () => {
  const reader = createLineReader(8);
  expect(reader.push(Buffer.from("12345678\n1234"))).toEqual(["12345678"]);
  expect(reader.push(Buffer.from("56789"))).toBeUndefined();
});
