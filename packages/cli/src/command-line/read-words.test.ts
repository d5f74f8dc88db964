import fc from "fast-check";
import { expect, test } from "vitest";
import { parseWords } from "./parse-words.ts";
import { readPlainWords } from "./read-words.ts";

test("the short reader agrees with the parser", () => {
  const words = ["get", "path", "a/b", "c/d@v1", "0123", "", "--json", "-q", "--force", "--help"];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words)), (argv) => {
      const { _, ...given } = readPlainWords(argv) ?? { _: [] };
      const { _: expected, ...options } = parseWords(argv);
      expect(_).toEqual(expected);
      const on = Object.entries(options).filter(([, value]) => [value].flat().includes(true));
      expect(Object.keys(given).toSorted()).toEqual(on.map(([name]) => name).toSorted());
    }),
  );
});

test.each([
  [["a/b", "--revision", "x"]],
  [["a/b", "--json=false"]],
  [["--json", "false"]],
  [["-qy", "a/b"]],
  [["--", "a/b"]],
  [["--no-json"]],
  [["-"]],
])("%j needs the parser", (argv) => {
  expect(readPlainWords(argv)).toBeUndefined();
});
