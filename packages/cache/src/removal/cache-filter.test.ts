import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { CacheError } from "../names/errors.ts";
import { type FilterSubject, parseCacheFilter } from "./cache-filter.ts";

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const subject: FilterSubject = {
  repoId: "acme/tiny.v2",
  repoType: "model",
  size: 10_000_000_000,
  usedAt: NOW - 30 * DAY,
  modifiedAt: NOW - 60 * DAY,
  refs: ["main"],
  isMlx: async () => true,
};

test.each([
  ["size>=10GB", true],
  ["size>10GB", false],
  ["size>9.5g", true],
  ["size=10000000000", true],
  ["size!=10000000000", false],
  ["accessed>29d", true],
  ["accessed<=30d", true],
  ["accessed<4w", false],
  ["modified>1mo", true],
  ["modified>1y", false],
  ["type=model", true],
  ["type!=dataset", true],
  ["refs=none", false],
  ["refs=main", true],
  ["refs!=none", true],
  ["name=acme/*", true],
  ["name=ACME/TINY.V2", true],
  ["name=acme/tinyxv2", false],
  ["mlx=true", true],
  ["mlx=no", false],
  [" Size > 1k ", true],
])("%s of the example is %s", async (text, expected) => {
  expect(await parseCacheFilter(text).matches(subject, NOW)).toBe(expected);
});

test.each([
  ["size", "key, operator, value"],
  ["size>", "no value"],
  ["size>10X", "no size"],
  ["size>-5M", "no size"],
  ["size==5M", "no size"],
  ["accessed>30", "not an age"],
  ["type=movie", "no repo type"],
  ["type>model", "compares amounts"],
  ["mlx=maybe", "neither true nor false"],
  ["colour=red", "no key"],
])("%s is refused with a reason and the next step", async (text, why) => {
  expect(await codeOf(() => parseCacheFilter(text))).toBe("cache/invalid-filter");
  try {
    parseCacheFilter(text);
  } catch (error) {
    expect(error).toBeInstanceOf(CacheError);
    expect((error as CacheError).message).toContain(why);
    expect((error as CacheError).hint).not.toBe("");
  }
});

test("whatever is typed is understood or refused, and an operator with its opposite divides everything", async () => {
  const operators = [
    [">", "<="],
    ["<", ">="],
    ["=", "!="],
  ] as const;
  const number = fc.nat({ max: 2e10 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...operators), number, number, async ([one, other], a, b) => {
      const about = { ...subject, size: a };
      const yes = await parseCacheFilter(`size${one}${b}`).matches(about, NOW);
      const no = await parseCacheFilter(`size${other}${b}`).matches(about, NOW);
      expect(yes).toBe(!no);
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseCacheFilter(text);
      } catch (error) {
        expect(error).toBeInstanceOf(CacheError);
      }
    }),
    { numRuns: 300 },
  );
});
