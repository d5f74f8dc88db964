import fc from "fast-check";
import { expect, test } from "vitest";
import { msLeft, parseWindow, windowText } from "./window.ts";

test.each([
  ["03:00-06:00", "03:00-06:00"],
  ["3-6", "03:00-06:00"],
  [" 22:30 – 5 ", "22:30-05:00"],
  ["3:15 to 24", "03:15-00:00"],
])("%j is the span %s", (text, wanted) => {
  expect(windowText(parseWindow(text))).toBe(wanted);
});

test.each(["", "3", "3-3", "25-26", "03:70-04:00", "night", "24-3", "-1-3", "3-6; rm -rf /"])(
  "%j is refused",
  (text) => {
    expect(() => parseWindow(text)).toThrow(expect.objectContaining({ code: "cli/usage" }));
  },
);

test.each([
  ["03:00-06:00", "02:59", undefined],
  ["03:00-06:00", "03:00", 180],
  ["03:00-06:00", "05:59", 1],
  ["03:00-06:00", "06:00", undefined],
  ["22:00-05:00", "23:00", 360],
  ["22:00-05:00", "04:00", 60],
  ["22:00-05:00", "12:00", undefined],
])("of %s at %s so many minutes are left: %s", (span, time, minutes) => {
  const left = msLeft(parseWindow(span), new Date(`2026-01-05T${time}:00`));
  expect(left).toBe(minutes === undefined ? undefined : minutes * 60_000);
});

test("a span is read as it is written", () => {
  const minutes = fc.integer({ min: 0, max: 1439 });
  fc.assert(
    fc.property(minutes, minutes, (from, to) => {
      fc.pre(from !== to);
      expect(parseWindow(windowText({ from, to }))).toEqual({ from, to });
    }),
  );
});
