import { expect, test } from "vitest";
import { matchesEtag, rangeAllowed } from "./conditional.ts";

test("If-None-Match compares weakly and takes lists and the star", () => {
  expect(matchesEtag('"a"', '"a"')).toBe(true);
  expect(matchesEtag('"x", W/"a"', '"a"')).toBe(true);
  expect(matchesEtag("*", '"a"')).toBe(true);
  expect(matchesEtag('"b"', '"a"')).toBe(false);
  expect(matchesEtag(undefined, '"a"')).toBe(false);
});

test("If-Range compares strongly", () => {
  expect(rangeAllowed(undefined, '"a"')).toBe(true);
  expect(rangeAllowed('"a"', '"a"')).toBe(true);
  expect(rangeAllowed('W/"a"', 'W/"a"')).toBe(false);
  expect(rangeAllowed('"b"', '"a"')).toBe(false);
});
