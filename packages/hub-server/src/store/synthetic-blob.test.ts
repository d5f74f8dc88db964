import fc from "fast-check";
import { expect, test } from "vitest";
import { readBlob } from "./blob-source.ts";
import { syntheticBlob } from "./synthetic-blob.ts";

const SIZE = 200_000;

async function bytes(options: { start?: number; end?: number; pieceBytes?: number }, seed = 1) {
  const pieces: Uint8Array[] = [];
  for await (const piece of readBlob(syntheticBlob(SIZE, seed), options)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test("any part, read in any pieces, is that part of the whole", async () => {
  const whole = await bytes({});
  expect(whole).toHaveLength(SIZE);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(SIZE),
      fc.nat(SIZE),
      fc.integer({ min: 999, max: 70_000 }),
      async (a, b, pieceBytes) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const part = await bytes({ start, end, pieceBytes });
        expect(part.equals(whole.subarray(start, end))).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

test("another seed and another page have other bytes", async () => {
  const page = 65_536;
  const [one, two] = [await bytes({}), await bytes({}, 2)];
  expect(one.equals(two)).toBe(false);
  expect(one.subarray(0, page).equals(one.subarray(page, 2 * page))).toBe(false);
});
