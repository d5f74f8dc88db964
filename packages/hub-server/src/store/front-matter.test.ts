import fc from "fast-check";
import { expect, test } from "vitest";
import { readFrontMatter } from "./front-matter.ts";

test("scalars, inline lists and item lists are read", () => {
  const card = readFrontMatter(
    "---\nlicense: apache-2.0\nbase_model: \"acme/base\"\nlanguage: [en, 'de']\ntags:\n- mlx\n  - 4-bit\ninference: false\nnested:\n  a: 1\n---\n# x",
  );
  expect({ ...card }).toEqual({
    license: "apache-2.0",
    base_model: "acme/base",
    language: ["en", "de"],
    tags: ["mlx", "4-bit"],
    inference: false,
  });
});

test("a README without front matter has an empty card, and no text breaks the reader", () => {
  expect({ ...readFrontMatter("# x\n---\na: b\n---\n") }).toEqual({});
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(typeof readFrontMatter(`---\n${text}\n---\n`)).toBe("object");
    }),
  );
});

test("a key named like an object's own cannot change the object", () => {
  const card = readFrontMatter("---\n__proto__: x\n---\n");
  expect(Object.getPrototypeOf(card)).toBeNull();
});
