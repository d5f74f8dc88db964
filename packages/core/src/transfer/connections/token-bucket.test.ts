import fc from "fast-check";
import { expect, test } from "vitest";
import { createTokenBucket } from "./token-bucket.ts";

/** Eight readers that each take `portion` bytes as soon as their ticket is good. Returns the bytes taken. */
function play(rate: number, seconds: number, change?: { atMs: number; rate: number }): number {
  const bucket = createTokenBucket(rate, 0);
  const readers: (number | undefined)[] = Array.from({ length: 8 });
  let bytes = 0;
  for (let now = 0; now < seconds * 1000; now += 7) {
    if (change && now >= change.atMs && now < change.atMs + 7) bucket.setRate(change.rate, now);
    for (const [index, ticket] of readers.entries()) {
      if (ticket !== undefined && bucket.wait(ticket, now) > 0) continue;
      const portion = Math.max(1024, Math.floor(rate / 20));
      readers[index] = bucket.spend(portion, now);
      bytes += portion;
    }
  }
  return bytes;
}

test("eight readers together get the rate, within five percent over thirty seconds", () => {
  fc.assert(
    fc.property(fc.integer({ min: 50_000, max: 500_000_000 }), (rate) => {
      expect(Math.abs(play(rate, 30) / (rate * 30) - 1)).toBeLessThan(0.05);
    }),
    { numRuns: 20 },
  );
});

test("a changed rate holds from that moment on, also for those who wait", () => {
  const bytes = play(1_000_000, 30, { atMs: 15_000, rate: 4_000_000 });
  expect(Math.abs(bytes / (15_000_000 + 60_000_000) - 1)).toBeLessThan(0.05);
});

test("tickets are good in the order in which they were given", () => {
  const bucket = createTokenBucket(1000, 0);
  const tickets = [100, 500, 10, 900].map((bytes) => bucket.spend(bytes, 0));
  const waits = tickets.map((ticket) => bucket.wait(ticket, 0));
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(waits[0]).toBe(0);
});

test("unused bytes expire", () => {
  const bucket = createTokenBucket(1000, 0);
  const ticket = bucket.spend(1000, 60_000);
  expect(bucket.wait(ticket, 60_000)).toBeCloseTo(900);
});
