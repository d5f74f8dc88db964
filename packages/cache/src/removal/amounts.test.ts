import { expect, test } from "vitest";
import { parseAge, parseBytes } from "./amounts.ts";

test.each([
  ["0", 0],
  ["500", 500],
  ["500M", 500_000_000],
  ["1.5GB", 1_500_000_000],
  ["1.5 gb", 1_500_000_000],
  ["64GiB", 64 * 2 ** 30],
  ["64Gi", 64 * 2 ** 30],
  ["2TB", 2_000_000_000_000],
  ["20k", 20_000],
  ["3P", 3e15],
  ["7B", 7],
])("%j is %d bytes", (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.each(["", "G", "-1", "1e9", "1,5G", "5X", "iB", "9999999T", "0x10", "1 2G"])(
  "%j is no number of bytes",
  (text) => {
    expect(parseBytes(text)).toBeUndefined();
  },
);

test.each([
  ["0", 0],
  ["90s", 90_000],
  ["5m", 300_000],
  ["12h", 43_200_000],
  ["1.5D", 129_600_000],
  ["6mo", 15_552_000_000],
  ["1y", 31_536_000_000],
])("%j is %d ms", (text, ms) => {
  expect(parseAge(text)).toBe(ms);
});

test.each(["", "30", "-1d", "d", "1dd", "1 d", "9999999999999y"])("%j is no age", (text) => {
  expect(parseAge(text)).toBeUndefined();
});
