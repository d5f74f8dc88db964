import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance } from "./edit-distance.ts";

test.each([
  ["gema", "gemma", 1],
  ["qewn", "qwen", 1],
  ["mistrl", "mistral", 1],
  ["lama", "llama", 1],
  ["phi", "phi", 0],
  ["deepsek", "depseek", 2],
  ["abc", "xyz", undefined],
])("%s and %s are %s apart", (a, b, distance) => {
  expect(editDistance(a, b, 2)).toBe(distance);
});

test("it is the same both ways, 0 only for equal words, and one slip is at most 1", () => {
  const word = fc.stringMatching(/^[ab]{1,8}$/);
  fc.assert(
    fc.property(word, word, fc.nat(8), (a, b, at) => {
      expect(editDistance(a, b, 9)).toBe(editDistance(b, a, 9));
      expect(editDistance(a, b, 9) === 0).toBe(a === b);
      const cut = a.slice(0, at) + a.slice(at + 1);
      expect(editDistance(a, cut, 9)).toBeLessThanOrEqual(1);
    }),
  );
});

test("beyond the bound it is undefined, within it the bound changes nothing", () => {
  const word = fc.stringMatching(/^[abc]{0,7}$/);
  fc.assert(
    fc.property(word, word, fc.nat(3), (a, b, most) => {
      const exact = editDistance(a, b, 99) ?? 99;
      expect(editDistance(a, b, most)).toBe(exact <= most ? exact : undefined);
    }),
  );
});
