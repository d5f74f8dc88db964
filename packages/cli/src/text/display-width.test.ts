import fc from "fast-check";
import { expect, test } from "vitest";
import {
  displayWidth,
  padEnd,
  padStart,
  truncateEnd,
  truncateMiddle,
  wrapWords,
} from "./display-width.ts";

test.each([
  ["model.safetensors", 17],
  ["模型.safetensors", 16],
  ["ﾓﾃﾞﾙ", 4],
  ["한국어", 6],
  ["é", 1],
  ["e\u0301", 1],
  ["👩‍👩‍👧", 2],
  ["❤️", 2],
  ["a\u200bb", 2],
  ["…", 1],
  ["", 0],
])("%s takes the columns that a terminal gives it", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test("a long path loses its middle", () => {
  expect(truncateMiddle("model-00001-of-00002.safetensors", 26)).toBe("model-00001-…2.safetensors");
  expect(truncateMiddle("中文模型名称很长.safetensors", 15)).toBe(
    "中文模…fetensors".slice(0, 3) + "…etensors",
  );
  expect(truncateMiddle("short", 5)).toBe("short");
  expect(truncateMiddle("abcdef", 3, "...")).toBe("...");
});

test("whatever is shortened or filled has the width asked for", () => {
  const text = fc.string({ unit: "grapheme" });
  const columns = fc.nat(60);
  fc.assert(
    fc.property(text, columns, (value, width) => {
      expect(displayWidth(truncateMiddle(value, width))).toBeLessThanOrEqual(width);
      expect(displayWidth(truncateEnd(value, Math.max(1, width)))).toBeLessThanOrEqual(
        Math.max(1, width),
      );
      expect(displayWidth(padEnd(value, width))).toBe(Math.max(width, displayWidth(value)));
      expect(displayWidth(padStart(value, width))).toBe(Math.max(width, displayWidth(value)));
    }),
  );
});

test("words wrap at spaces, a number stays with its unit, and spaces in front stay", () => {
  expect(wrapWords("9 files, 4.62 GB: 1.21 GB already here", 18, 2)).toEqual([
    "9 files, 4.62 GB:",
    "  1.21 GB already",
    "  here",
  ]);
  expect(wrapWords("  why: the Hub", 40, 7)).toEqual(["  why: the Hub"]);
  expect(wrapWords("a-word-longer-than-the-line b", 10)).toEqual([
    "a-word-longer-than-the-line",
    "b",
  ]);
});

test("wrapping loses no word", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 12, max: 80 }), (list, columns) => {
      const lines = wrapWords(list.join(" "), columns, 2);
      expect(lines.flatMap((line) => line.trim().split(" "))).toEqual(list);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns + 2);
    }),
  );
});
