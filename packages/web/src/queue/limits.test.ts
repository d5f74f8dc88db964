import { expect, test } from "vitest";
import { defaultLimits, limitsAt, readLimits } from "./limits.ts";

test("the slow mode holds by hand and by the clock, over midnight too", () => {
  const at = (minutes: number, slowHours: { from: number; to: number }): boolean =>
    limitsAt({ ...defaultLimits, slowHours }, minutes).slowNow;
  expect([at(479, { from: 480, to: 1080 }), at(480, { from: 480, to: 1080 })]).toEqual([
    false,
    true,
  ]);
  expect(at(1080, { from: 480, to: 1080 })).toBe(false);
  expect([at(1400, { from: 1320, to: 360 }), at(100, { from: 1320, to: 360 })]).toEqual([
    true,
    true,
  ]);
  expect(at(400, { from: 1320, to: 360 })).toBe(false);
  expect(limitsAt({ ...defaultLimits, slow: true }, 0).bytesPerSecondNow).toBe(1_000_000);
});

test("the slow mode never makes a lower limit faster", () => {
  const limits = { ...defaultLimits, bytesPerSecond: 500_000, slow: true };
  expect(limitsAt(limits, 0).bytesPerSecondNow).toBe(500_000);
});

test.each([
  [{ atOnce: 0 }],
  [{ atOnce: 9 }],
  [{ atOnce: "2" }],
  [{ bytesPerSecond: -1 }],
  [{ bytesPerSecond: 1.5 }],
  [{ slow: 1 }],
  [{ slowHours: { from: 0, to: 0 } }],
  [{ slowHours: { from: 0 } }],
  [[]],
  [null],
  ["x"],
])("%j are no limits", (value) => {
  expect(readLimits(value, defaultLimits)).toBeUndefined();
});

test("a part changes that part, and what is not known is left out", () => {
  expect(readLimits({ atOnce: 3, x: 1 }, defaultLimits)).toEqual({ ...defaultLimits, atOnce: 3 });
});
