import { expect, test } from "vitest";
import { createRateLimit } from "./rate-limit.ts";

test("without a limit no reader waits", () => {
  const limit = createRateLimit();
  expect(limit.spend(1e12)).toBeUndefined();
  expect(limit.portion).toBe(Infinity);
});

test("who waits goes on in order, and at once when the limit is lifted", async () => {
  const limit = createRateLimit(10_000);
  const order: number[] = [];
  const waits = [1e9, 1, 2].map(async (bytes, index) => {
    const wait = limit.spend(bytes);
    expect(wait).toBeInstanceOf(Promise);
    await wait;
    order.push(index);
  });
  limit.bytesPerSecond = Infinity;
  await Promise.all(waits);
  expect(order).toEqual([0, 1, 2]);
});

test("a rate that is no positive number is refused", () => {
  for (const rate of [0, -1, Number.NaN, 0.5]) {
    expect(() => createRateLimit(rate)).toThrow(/positive number/);
  }
});
