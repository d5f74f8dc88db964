import { expect, test } from "vitest";
import { isLargeFile } from "./large-files.ts";

test("weights are in LFS by their name, anything by its size", () => {
  expect(isLargeFile("model.safetensors", 1)).toBe(true);
  expect(isLargeFile("sub/tokenizer.model", 1)).toBe(true);
  expect(isLargeFile("tokenizer.json", 9_999_999)).toBe(false);
  expect(isLargeFile("tokenizer.json", 10_000_000)).toBe(true);
  expect(isLargeFile(".gz", 1)).toBe(false);
  expect(isLargeFile("dir.bin/README", 1)).toBe(false);
});
