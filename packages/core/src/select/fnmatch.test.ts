import { execFileSync } from "node:child_process";
import { pythonEnv } from "@mlx-download/test-utils";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fnmatch } from "./fnmatch.ts";

describe("fnmatch", () => {
  test.each([
    ["a.pdf", "*.pdf", true],
    [".h.pdf", "*.pdf", true],
    ["data/sub/f.json", "data/*.json", true],
    ["a/b", "a?b", true],
    ["x\ny", "x*y", true],
    ["😀", "?", true],
    ["😀", "??", false],
    ["😀", "[😀]", true],
    ["README.MD", "*.md", false],
    ["f.txt", "", false],
    ["", "", true],
    ["", "*", true],
    ["a", "[abc]", true],
    ["d", "[!abc]", true],
    ["a", "[!abc]", false],
    ["m", "[a-z]", true],
    ["-", "[a-]", true],
    ["-", "[-a]", true],
    ["]", "[]]", true],
    ["a", "[!]]", true],
    ["]", "[!]]", false],
    ["[", "[", true],
    ["[a", "[a", true],
    ["[!", "[!", true],
    ["[]", "[]", true],
    ["[!]", "[!]", true],
    ["x*y", "x[*]y", true],
    ["xzy", "x[*]y", false],
    ["^", "[^a]", true],
    ["b", "[^a]", false],
    ["b", "[z-a]", false],
    ["b", "[!z-a]", true],
    ["x", "[z-a!x]", false],
    ["y", "[z-a!x]", true],
    ["!", "[z-a!x]", true],
    ["!", "[x!z-a]", true],
    ["{a,b}", "{a,b}", true],
    ["a", "{a,b}", false],
    ["\\", "[\\]", true],
    ["a.b", "a[.]b", true],
    ["aXb", "a.b", false],
    ["model-00001-of-00002.safetensors", "model*.safetensors", true],
    ["original/model.safetensors", "model*.safetensors", false],
  ])("%j against %j: %j", (name, pattern, expected) => {
    expect(fnmatch(name, pattern)).toBe(expected);
  });

  test("takes its time only in proportion to both lengths", () => {
    expect(fnmatch("a".repeat(5000), `${"*a".repeat(500)}b`)).toBe(false);
  });

  test("without special characters is equality", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const plain = text.replaceAll(/[*?[]/g, "x");
        expect(fnmatch(plain, plain)).toBe(true);
        expect(fnmatch(`${plain}x`, plain)).toBe(false);
      }),
    );
  });

  const python = pythonEnv("hub-2.4.0");

  test.skipIf(!python)("agrees with Python's fnmatchcase on thousands of pairs", () => {
    const text = fc.string({
      unit: fc.constantFrom(...Array.from("ab-!]^/.*?\\&~|😀")),
      maxLength: 6,
    });
    const part = fc.oneof(
      fc.constantFrom("*", "?", "[", "]", "a", "b", "/", "."),
      fc
        .string({ unit: fc.constantFrom(...Array.from("abc-!]^[*\\&~|😀")), maxLength: 7 })
        .map((set) => `[${set}]`),
    );
    const pattern = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(""));
    const pairs = fc.sample(fc.tuple(text, pattern), { numRuns: 30_000, seed: 1 });
    const program = `import sys, json, fnmatch, warnings
warnings.simplefilter("ignore")
print(json.dumps([fnmatch.fnmatchcase(n, p) for n, p in json.load(sys.stdin)]))`;
    const out = execFileSync(python?.python ?? "", ["-c", program], {
      input: JSON.stringify(pairs),
      maxBuffer: 1 << 26,
    });
    const expected = JSON.parse(out.toString()) as boolean[];
    const differing = pairs.filter(([name, given], i) => fnmatch(name, given) !== expected[i]);
    expect(differing).toEqual([]);
    expect(expected.filter(Boolean).length).toBeGreaterThan(1000);
  });
});
