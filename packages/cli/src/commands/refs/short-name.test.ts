import { expect, test } from "vitest";
import { readShortName } from "./short-name.ts";

test.each([
  ["llama-3.2-3b", { name: "llama-3.2-3b", revision: "" }],
  ["Qwen3-4B-4bit@v1.0", { name: "Qwen3-4B-4bit", revision: "@v1.0" }],
  ["gpt2", { name: "gpt2", revision: "" }],
])("%s is a short name", (word, short) => {
  expect(readShortName(word)).toEqual(short);
});

test.each([
  "org/name",
  "hf://org/name",
  "https://hf.co/a/b",
  "./model",
  "..",
  "models--a--b",
  "a b",
  "",
])("%j is none", (word) => {
  expect(readShortName(word)).toBeUndefined();
});
