import { expect, test } from "vitest";
import { readBytes } from "./read-bytes.ts";

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
  ["7B", 7],
])("%j is %d bytes", (text, bytes) => {
  expect(readBytes(text)).toBe(bytes);
});

test.each(["", "G", "-1", "1e9", "1,5G", "5X", "iB", "9999999T", "0x10", "1 2G"])(
  "%j is no number of bytes",
  (text) => {
    expect(readBytes(text)).toBeUndefined();
  },
);
