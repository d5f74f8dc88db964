import fc from "fast-check";
import { expect, test } from "vitest";
import { createChunkedDecoder } from "./chunked-decoder.ts";

/** Decodes pieces one after the other. Returns the payload, and the bytes behind the body's end. */
function decode(pieces: readonly Uint8Array[]): { payload: Buffer; rest: number; ended: boolean } {
  const decoder = createChunkedDecoder();
  const payload: Buffer[] = [];
  let rest = 0;
  for (const piece of pieces) {
    const used = decoder.decode(piece, (part) => payload.push(Buffer.from(part)));
    rest += piece.byteLength - used;
  }
  return { payload: Buffer.concat(payload), rest, ended: decoder.ended };
}

test("any payload in any chunks, cut anywhere on the way, comes out as it went in", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 }),
      fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
      fc.boolean(),
      (chunks, cuts, trailer) => {
        const encoded = Buffer.concat([
          ...chunks.flatMap((chunk) => [
            Buffer.from(`${chunk.byteLength.toString(16)};name=value\r\n`),
            Buffer.from(chunk),
            Buffer.from("\r\n"),
          ]),
          Buffer.from(trailer ? "0\r\nX-Trailer: 1\r\n\r\nnext" : "0\r\n\r\nnext"),
        ]);
        const ends = [...new Set([...cuts, encoded.length])]
          .filter((cut) => cut <= encoded.length)
          .toSorted((a, b) => a - b);
        const pieces = ends.map((end, index) => encoded.subarray(ends[index - 1] ?? 0, end));
        const { payload, rest, ended } = decode(pieces);
        expect(payload.equals(Buffer.concat(chunks))).toBe(true);
        expect([rest, ended]).toEqual([4, true]);
      },
    ),
  );
});

test.each([
  ["no size", "hello\r\n"],
  ["a negative size", "-5\r\nhello\r\n"],
  ["a size beyond all files", `${"f".repeat(14)}\r\n`],
  ["more than its size", "3\r\nhello\r\n"],
  ["a bare LF", "5\nhello\n"],
  ["a line without end", "5;".padEnd(20_000, "x")],
])("a chunk with %s is refused", (_, text) => {
  expect(() => decode([Buffer.from(text)])).toThrow(/chunk/);
});

test("a body that stops early has not ended", () => {
  expect(decode([Buffer.from("5\r\nhel")])).toMatchObject({ ended: false });
  expect(decode([Buffer.from("5\r\nhello\r\n0\r\n")])).toMatchObject({ ended: false });
});
