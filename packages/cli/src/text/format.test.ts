import { expect, test } from "vitest";
import {
  formatBytes,
  formatBytesOf,
  formatCount,
  formatNumber,
  formatDuration,
  formatParameters,
  formatPercent,
  formatRate,
  formatWait,
} from "./format.ts";

test("bytes are shown in decimal units with three digits", () => {
  const shown = [
    0, 1, 999, 1000, 1500, 9994, 99_950, 999_499, 999_500, 4_620_000_000, 71.4e9, 2e18,
  ];
  expect(shown.map(formatBytes)).toEqual([
    "0 B",
    "1 B",
    "999 B",
    "1.00 kB",
    "1.50 kB",
    "9.99 kB",
    "100 kB",
    "999 kB",
    "1.00 MB",
    "4.62 GB",
    "71.4 GB",
    "2000 PB",
  ]);
});

test("part and whole share their unit when they can", () => {
  expect(formatBytesOf(2.11e9, 3.41e9)).toBe("2.11 of 3.41 GB");
  expect(formatBytesOf(912e6, 1.28e9)).toBe("912 MB of 1.28 GB");
  expect(formatBytesOf(0, 1.28e9)).toBe("0 B of 1.28 GB");
});

test("a rate is bytes a second", () => {
  expect(formatRate(10_900_000)).toBe("10.9 MB/s");
});

test("durations have at most two units", () => {
  const shown = [0, 420, 9_949, 9_950, 59_499, 59_500, 314_000, 3_599_600, 3_900_000, 183_600_000];
  expect(shown.map(formatDuration)).toEqual([
    "0.0 s",
    "0.4 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1m00s",
    "5m14s",
    "1h00m",
    "1h05m",
    "2d3h",
  ]);
});

test("waiting counts whole seconds and never backwards", () => {
  expect([-5, 400, 12_300, 59_600, 125_000].map(formatWait)).toEqual([
    "0 s",
    "0 s",
    "12 s",
    "1m00s",
    "2m05s",
  ]);
});

test("a percentage is 100 only when nothing is missing and 0 only when nothing is there", () => {
  expect(formatPercent(999_999, 1_000_000)).toBe("99%");
  expect(formatPercent(1, 1_000_000)).toBe("1%");
  expect(formatPercent(0, 1_000_000)).toBe("0%");
  expect(formatPercent(5, 5)).toBe("100%");
  expect(formatPercent(0, 0)).toBe("100%");
});

test("counts agree with their noun", () => {
  expect([999, 1000, 1_234_567].map(formatNumber)).toEqual(["999", "1,000", "1,234,567"]);
  expect([0, 1, 1204].map((count) => formatCount(count, "file"))).toEqual([
    "0 files",
    "1 file",
    "1,204 files",
  ]);
});

test("parameters are counted as the makers of models count", () => {
  const counts = [94_000, 999_400, 270e6, 999.6e6, 8.19e9, 1.03e12, 5e15];
  expect(counts.map(formatParameters)).toEqual([
    "94.0 K",
    "999 K",
    "270 M",
    "1.00 B",
    "8.19 B",
    "1.03 T",
    "5000 T",
  ]);
});
