import { expect, test } from "vitest";
import { parseRate } from "./parse-rate.ts";

test.each([
  ["5M", 5_000_000],
  ["5m", 5_000_000],
  ["500k", 500_000],
  ["1.5MB/s", 1_500_000],
  ["2Gi", 2 * 1024 ** 3],
  ["123456", 123_456],
  [" 10 M".replace(" 10 ", " 10"), 10_000_000],
  ["none", Infinity],
  ["0", Infinity],
])("%s is %d bytes a second", (text, rate) => {
  expect(parseRate(text)).toBe(rate);
});

test.each(["", "fast", "-5M", "5X", "5 M b", "1e9", "0.0001", "M", "٥M"])(
  "%j is refused with its source",
  (text) => {
    expect(() => parseRate(text, "--limit-rate")).toThrow(/--limit-rate is no rate/);
  },
);
