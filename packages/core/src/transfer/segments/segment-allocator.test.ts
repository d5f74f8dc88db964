import fc from "fast-check";
import { expect, test } from "vitest";
import { createRangeSet } from "../disk/ranges.ts";
import {
  createSegmentAllocator,
  type Lease,
  MAX_SEGMENT_BYTES,
  MIN_SEGMENT_BYTES,
} from "./segment-allocator.ts";

const MiB = 1024 * 1024;

/** Takes everything, as if each piece were done at once. */
function takeAll(missing: readonly { start: number; end: number }[], connections: number): Lease[] {
  const allocator = createSegmentAllocator(missing);
  const leases: Lease[] = [];
  for (let lease = allocator.take(connections, 0); lease; lease = allocator.take(connections, 0)) {
    leases.push(lease);
    lease.release();
  }
  return leases;
}

test("the pieces cover exactly the missing ranges, in order, without overlap", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 * MiB }),
      fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }),
      fc.integer({ min: 1, max: 64 }),
      (total, holes, connections) => {
        const have = createRangeSet(
          holes.map(([a, b]) => {
            const start = a % total;
            return { start, end: Math.min(total, start + 1 + (b % total)) };
          }),
        );
        const leases = takeAll(have.missing(total), connections);
        expect(createRangeSet(leases).covered + have.covered).toBe(total);
        expect(leases.every((one, index) => one.start >= (leases[index - 1]?.end ?? 0))).toBe(true);
        expect(
          leases.every((one) => one.end - one.start <= MAX_SEGMENT_BYTES + MIN_SEGMENT_BYTES),
        ).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});

test("a small rest is one request", () => {
  expect(takeAll([{ start: 5, end: MIN_SEGMENT_BYTES + 5 }], 8)).toHaveLength(1);
});

test("nothing missing means nothing to take", () => {
  expect(takeAll([], 8)).toEqual([]);
});

/** The sizes of all pieces of a gigabyte, MiB, after a first one that came at 40 MiB/s, and its answer in `latencyMs`. */
function piecesAfter(latencyMs: number): number[] {
  const allocator = createSegmentAllocator([{ start: 0, end: 1000 * MiB }]);
  const first = allocator.take(8, 0) as Lease;
  first.advance(1, latencyMs);
  first.advance(8 * MiB, 200);
  first.release();
  const sizes = [(first.end - first.start) / MiB];
  for (let next = allocator.take(8, 200); next; next = allocator.take(8, 200)) {
    sizes.push((next.end - next.start) / MiB);
    next.release();
  }
  return sizes;
}

test("pieces grow with the speed of the line, and every round of them is smaller towards the end", () => {
  const [first, ...sizes] = piecesAfter(50);
  expect(first).toBe(8);
  expect(sizes.slice(0, 8).every((size) => size > 75 && size <= 80)).toBe(true);
  const rounds = [sizes.slice(0, 8), sizes.slice(8, 16), sizes.slice(16)];
  for (const round of rounds) expect(Math.max(...round) - Math.min(...round)).toBeLessThan(0.01);
  expect(rounds.map((round) => Math.round(round[0] ?? 0))).toEqual([80, 29, 15]);
  expect(sizes).toHaveLength(24);
});

test("pieces are short where an answer comes at once, so that hashing stays close behind", () => {
  const [, ...sizes] = piecesAfter(1);
  expect(Math.max(...sizes)).toBe(10);
  expect(sizes.at(-1)).toBeLessThan(8);
});

test("a line so fast that no piece lasts long enough to tell its speed gets longer pieces all the same", () => {
  const allocator = createSegmentAllocator([{ start: 0, end: 4096 * MiB }]);
  const sizes: number[] = [];
  let now = 0;
  for (
    let next = allocator.take(1, now);
    next && sizes.length < 20;
    next = allocator.take(1, now)
  ) {
    // A gigabyte a second, half a millisecond until it begins.
    next.advance(next.start + 1, now + 0.5);
    now += (next.end - next.start) / 1e6;
    next.advance(next.end, now);
    next.release();
    sizes.push((next.end - next.start) / MiB);
  }
  expect(sizes[0]).toBe(8);
  expect(sizes.at(-1)).toBe(128);
});

test("a line measured only briefly gets no long piece, nor the rest of the file", () => {
  const allocator = createSegmentAllocator([{ start: 0, end: 1024 * MiB }]);
  const first = allocator.take(8, 0) as Lease;
  // The rate of a server before it settles: a gigabyte a second.
  first.advance(1, 200);
  first.advance(30_000_000, 230);
  const next = Array.from({ length: 7 }, () => allocator.take(8, 230) as Lease);
  expect(new Set(next.map(({ start, end }) => (end - start) / MiB))).toEqual(new Set([32]));
});

test("when all is handed out, the far end of the slowest piece is taken over, once it is slow for sure", () => {
  const allocator = createSegmentAllocator([{ start: 0, end: 8 * MiB }]);
  const slow = allocator.take(2, 0) as Lease;
  const quick = allocator.take(2, 0) as Lease;
  expect([slow.end, quick.end]).toEqual([4 * MiB, 8 * MiB]);
  quick.advance(8 * MiB, 500);
  quick.release();
  expect(allocator.take(2, 500)).toBeUndefined();
  expect(allocator.busy).toBe(true);
  slow.advance(2 * MiB, 2000);
  const stolen = allocator.take(2, 2000) as Lease;
  expect(stolen.end).toBe(4 * MiB);
  expect(slow.end).toBe(stolen.start);
  // Eight megabytes a second against one: it keeps a share to match.
  expect(stolen.start).toBeLessThan(2.25 * MiB);
  expect(stolen.start).toBeGreaterThan(2 * MiB);
});

test("a nearly finished lease is left alone", () => {
  const allocator = createSegmentAllocator([{ start: 0, end: 8 * MiB }]);
  const only = allocator.take(1, 0) as Lease;
  only.advance(7 * MiB, 3000);
  expect(allocator.take(1, 3000)).toBeUndefined();
  only.release();
  expect(allocator.busy).toBe(false);
});

test("all that is left of a piece that crawls or stands still is taken over, and its reader told at once", () => {
  for (const [lastByteAt, stoodStillMs] of [
    [100, 59_900],
    [60_000, undefined],
  ] as const) {
    const allocator = createSegmentAllocator([{ start: 0, end: 8 * MiB }]);
    const slow = allocator.take(2, 0) as Lease;
    const quick = allocator.take(2, 0) as Lease;
    let told = 0;
    slow.onShrink(() => (told += 1));
    quick.advance(8 * MiB, 500);
    quick.release();
    slow.advance(200_000, lastByteAt);
    const taken = allocator.take(2, 60_000) as Lease;
    expect([taken.start, taken.end]).toEqual([200_000, 4 * MiB]);
    expect([slow.end, told]).toEqual([200_000, 1]);
    expect(taken.stoodStillMs).toBe(stoodStillMs);
  }
});

test("a piece that stands still is taken over although no speed is known", () => {
  const allocator = createSegmentAllocator([{ start: 0, end: 16 * MiB }]);
  const first = allocator.take(1, 0) as Lease;
  first.advance(first.end, 50);
  first.release();
  const second = allocator.take(1, 50) as Lease;
  second.advance(second.start + 100_000, 60);
  const halves = [1_600, 1_600].map((now) => allocator.take(2, now) as Lease);
  expect(halves[0]?.start).toBe(second.position);
  expect(halves[1]).toMatchObject({ start: halves[0]?.end, end: 16 * MiB });
  expect(halves.map(({ stoodStillMs }) => stoodStillMs)).toEqual([1_540, undefined]);
});

test("a review ends stalled leases while others deliver, and none when all are silent", () => {
  const allocator = createSegmentAllocator([{ start: 0, end: 64 * MiB }]);
  const still = allocator.take(2, 0) as Lease;
  const lively = allocator.take(2, 0) as Lease;
  for (const one of [still, lively]) one.advance(one.start + 100_000, 50);
  allocator.review(5_000);
  expect(still.end).toBeGreaterThan(still.position);
  lively.advance(lively.start + 5_000_000, 5_000);
  allocator.review(5_100);
  expect(still.end).toBe(still.position);
  expect(allocator.take(2, 5_100)?.start).toBe(still.position);
});

test("a slow lease is handed out again to all, also while others have enough to do", () => {
  const allocator = createSegmentAllocator([{ start: 0, end: 1024 * MiB }]);
  const first = allocator.take(8, 0) as Lease;
  first.advance(1, 50);
  first.advance(first.end, 250);
  first.release();
  const round = Array.from({ length: 8 }, () => allocator.take(8, 250) as Lease);
  const [crawls, ...quick] = round as [Lease, ...Lease[]];
  crawls.advance(crawls.start + 20_000, 2_000);
  for (const one of quick) {
    one.advance(one.start + 1, 300);
    one.advance(one.end, 2_200);
    one.release();
  }
  const { position, end } = crawls;
  const next = Array.from({ length: 8 }, () => allocator.take(8, 2_200) as Lease);
  expect(crawls.end).toBe(position);
  expect(next[0]?.start).toBe(position);
  const within = next.filter((one) => one.start < end);
  expect(within.length).toBeGreaterThan(1);
  expect(Math.max(...within.map((one) => one.end))).toBe(end);
});

test("a piece whose reader waits before it asks again is left to it", () => {
  const allocator = createSegmentAllocator([{ start: 0, end: 8 * MiB }]);
  const waits = allocator.take(2, 0) as Lease;
  const quick = allocator.take(2, 0) as Lease;
  quick.advance(8 * MiB, 500);
  quick.release();
  waits.rest(10_000);
  expect(allocator.take(2, 10_000)).toBeUndefined();
  expect(allocator.take(2, 11_000)).toBeUndefined();
  expect(allocator.take(2, 12_000)?.start).toBe(0);
});

test("where every answer takes long, one that is as slow as the others is waited for", () => {
  const allocator = createSegmentAllocator([{ start: 0, end: 8 * MiB }]);
  const slow = allocator.take(2, 0) as Lease;
  const other = allocator.take(2, 0) as Lease;
  other.advance(8 * MiB, 6_000);
  other.release();
  expect(allocator.take(2, 17_000)).toBeUndefined();
  const taken = allocator.take(2, 18_000) as Lease;
  expect([taken.start, taken.end]).toEqual([slow.position, 4 * MiB]);
});

test("a rest that no read delivers is taken over whole only a few times", () => {
  const allocator = createSegmentAllocator([{ start: 0, end: 8 * MiB }]);
  let holder = allocator.take(2, 0) as Lease;
  const quick = allocator.take(2, 0) as Lease;
  quick.advance(8 * MiB, 500);
  quick.release();
  let whole = 0;
  for (let now = 60_000; ; now += 60_000) {
    const next = allocator.take(2, now) as Lease;
    if (next.start > holder.position) break;
    holder.release();
    holder = next;
    whole += 1;
  }
  expect(whole).toBe(3);
});
