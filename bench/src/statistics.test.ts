import { expect, test } from "vitest";
import { ratios, spread } from "./statistics.ts";

test("the median of an odd number of values is the middle one, of an even number the mean of both", () => {
  expect(spread([9, 1, 4])).toEqual({ min: 1, median: 4, max: 9 });
  expect(spread([8, 1, 4, 2])).toEqual({ min: 1, median: 3, max: 8 });
  expect(spread([7])).toEqual({ min: 7, median: 7, max: 7 });
  expect(spread([])).toBeUndefined();
});

test("ratios are taken round by round, and only where both were measured", () => {
  expect(ratios([2, undefined, 9], [4, 5, 3])).toEqual([0.5, 3]);
  expect(ratios([2, 4], [1])).toEqual([2]);
});
