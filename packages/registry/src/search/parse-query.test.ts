import fc from "fast-check";
import { expect, test } from "vitest";
import { parseQuery, QUERY_KEYS } from "./parse-query.ts";

test("words, phrases, minus, filters and flags are told apart", () => {
  expect(
    parseQuery(
      'qwen "coder 30b" -gguf -"a b" author:mlx-community bits:4,8 size:<20GB license:apache-2.0 fits -here',
    ),
  ).toEqual({
    words: ["qwen"],
    phrases: ["coder 30b"],
    without: ["gguf", "a b"],
    filters: {
      author: ["mlx-community"],
      bits: [
        { min: 4, max: 4 },
        { min: 8, max: 8 },
      ],
      size: [{ max: 20e9, maxOpen: true }],
      license: ["apache-2.0"],
      fits: true,
      here: false,
    },
  });
});

test.each([
  ["size:>=4GiB", { size: [{ min: 4 * 2 ** 30 }] }],
  ["size:4GB..8GB", { size: [{ min: 4e9, max: 8e9 }] }],
  ["size:..8GB", { size: [{ max: 8e9 }] }],
  ["params:>7b", { params: [{ min: 7e9, minOpen: true }] }],
  ["params:1.5B..3.5B", { params: [{ min: 1.5e9, max: 3.5e9 }] }],
  ["bits:4bit", { bits: [{ min: 4, max: 4 }] }],
  ["quant:<=6", { bits: [{ max: 6 }] }],
  ["Author:Foo author:bar", { author: ["foo", "bar"] }],
  ["licence:mit", { license: ["mit"] }],
  ["gated:no", { gated: false }],
  ["-gated:yes", { gated: false }],
  ["", {}],
])("%s is understood", (text, filters) => {
  expect(parseQuery(text)).toEqual({ words: [], phrases: [], without: [], filters });
});

test("not: leaves a word out, as a minus does", () => {
  expect(parseQuery('qwen not:gguf not:"a b"')).toMatchObject({
    words: ["qwen"],
    without: ["gguf", "a b"],
  });
});

test.each([
  ["autor:x", "author"],
  ["lisence:mit", "license"],
  ["bit:4", "bits"],
  ["sizes:4", "size"],
  ["taks:chat", "task"],
])("%s is an error that names %s", (text, near) => {
  expect(() => parseQuery(text)).toThrow(
    expect.objectContaining({
      code: "registry/invalid-query",
      hint: expect.stringContaining(`${near}:`),
    }),
  );
});

test.each([
  "qwen3:8b",
  "bits:many",
  "size:<",
  "size:..",
  "author:",
  "-author:x",
  "fits:maybe",
  "x".repeat(501),
])("%j is an error, never silently a word", (text) => {
  expect(() => parseQuery(text)).toThrow(
    expect.objectContaining({ code: "registry/invalid-query", hint: expect.stringMatching(/\S/) }),
  );
});

test("any text is a query or a coded error", () => {
  const pieces = fc.constantFrom(...QUERY_KEYS, ":", '"', "-", "<", "..", " ", "4GB", "é", ",");
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const { words, phrases, without } = parseQuery(text);
        for (const word of [...words, ...phrases, ...without]) expect(word).not.toContain('"');
      } catch (error) {
        expect(error).toMatchObject({ code: "registry/invalid-query" });
      }
    }),
  );
});

test("words are kept in order, whatever stands between them", () => {
  const word = fc
    .stringMatching(/^[a-eg-z][a-z0-9.]{0,8}$/)
    .filter((text) => !/^(?:here|gated)$/.test(text));
  fc.assert(
    fc.property(fc.array(word), fc.constantFrom(" ", "  ", "\t", "\n"), (words, space) => {
      expect(parseQuery(words.join(space)).words).toEqual(words);
    }),
  );
});
