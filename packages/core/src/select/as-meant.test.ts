import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asMeant } from "./as-meant.ts";
import type { SelectionOptions } from "../contract/options.ts";
import { createSelector } from "./select.ts";

const paths = [
  "README.md",
  "config.json",
  "model-00001-of-00002.safetensors",
  "model[v1].safetensors",
  "original/params.json",
  "original/consolidated.00.pth",
  "tokenizer.json",
  "vocab.txt",
];
const files = paths.map((path) => ({ path, size: 1 }));

const taken = (options: SelectionOptions): readonly string[] =>
  createSelector(asMeant(options, files).selection)(files).map(({ path }) => path);

describe("asMeant", () => {
  test.each<[SelectionOptions, readonly string[]]>([
    [{ include: "./config.json" }, ["config.json"]],
    [{ include: "/config.json" }, ["config.json"]],
    [{ include: "*.{md,txt}" }, ["README.md", "vocab.txt"]],
    [{ include: "{config,tokenizer}.json" }, ["config.json", "tokenizer.json"]],
    [{ include: "{a,{config,vocab}}.{json,txt}" }, ["config.json", "vocab.txt"]],
    [{ include: "config.json,tokenizer.json" }, ["config.json", "tokenizer.json"]],
    [{ include: "config.json, *.txt" }, ["config.json", "vocab.txt"]],
    [{ include: "original" }, ["original/params.json", "original/consolidated.00.pth"]],
    [{ include: "./original/" }, ["original/params.json", "original/consolidated.00.pth"]],
    [{ include: "model[v1].safetensors" }, ["model[v1].safetensors"]],
    [{ include: "**/*.txt" }, ["vocab.txt"]],
    [{ include: ["*.json", "!original/*"] }, ["config.json", "tokenizer.json"]],
    [{ include: "!*.json" }, paths.filter((path) => !path.endsWith(".json"))],
    [{ exclude: "./original" }, paths.filter((path) => !path.startsWith("original/"))],
    [{ exclude: "*.{json,pth}" }, paths.filter((path) => !/\.(?:json|pth)$/.test(path))],
  ])("%j takes %j", (options, expected) => {
    expect(taken(options)).toEqual(expected);
  });

  test("a pattern that matches nothing beside one that does is named", () => {
    const { unmatched } = asMeant({ include: ["config.json", "confg.json"] }, files);
    expect(unmatched).toEqual(["confg.json"]);
  });

  test("what Python's client understands is never read otherwise", () => {
    const unit = fc.constantFrom(...Array.from("ab./*?[]!-{},"));
    const pattern = fc.string({ unit, minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 3 }), pattern, (include, path) => {
        const own = [{ path, size: 1 }];
        const before = createSelector({ include })(own);
        const after = createSelector(asMeant({ include }, own).selection)(own);
        if (before.length > 0 && include.every((one) => !one.startsWith("!")))
          expect(after).toEqual(before);
      }),
    );
  });

  test("braces that would become thousands of patterns stay as they are", () => {
    const bomb = "{a,b}".repeat(20);
    expect(asMeant({ include: bomb }, files).unmatched).toEqual([bomb]);
  });
});
