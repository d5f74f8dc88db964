import { expect, test } from "vitest";
import { quoteWord, sameCommand } from "./quote.ts";
import { suggest } from "./suggest.ts";

test.each([
  ["org/name@v1", "org/name@v1"],
  ["*.json", "'*.json'"],
  ["it's", `'it'\\''s'`],
  ["", "''"],
  ["a b", "'a b'"],
])("%j is quoted for a shell only where it has to be", (word, quoted) => {
  expect(quoteWord(word)).toBe(quoted);
});

test("the command to go on holds no token", () => {
  const argv = ["get", "a/b", "--token", "hf_secret", "--include", "*.json", "--token=hf_other"];
  expect(sameCommand(argv)).toBe("mlx-download get a/b --include '*.json'");
});

test.each([
  ["revison", "revision"],
  ["qiuet", "quiet"],
  ["local", "local-dir"],
  ["zzzzzz", undefined],
  ["x", undefined],
])("%s was meant to be %s", (typed, meant) => {
  expect(suggest(typed, ["revision", "quiet", "local-dir", "json"])).toBe(meant);
});
