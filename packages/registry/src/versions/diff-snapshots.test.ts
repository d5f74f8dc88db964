import fc from "fast-check";
import { expect, test } from "vitest";
import { changeClass, type ComparedSnapshot, diffSnapshots } from "../index.ts";

const snapshot = (
  files: Readonly<Record<string, string>>,
  texts: Readonly<Record<string, string>> = {},
): ComparedSnapshot => ({
  files: Object.entries(files).map(([path, digest]) => ({ path, digest, size: 1 })),
  texts: new Map(Object.entries(texts)),
});

test.each([
  ["model-00001-of-00002.safetensors", "weights"],
  ["model.safetensors.index.json", "weights"],
  ["config.json", "config"],
  ["generation_config.json", "config"],
  ["modeling_custom.py", "config"],
  ["chat_template.jinja", "template"],
  ["chat_template.json", "template"],
  ["tokenizer.json", "tokenizer"],
  ["tokenizer_config.json", "tokenizer"],
  ["merges.txt", "tokenizer"],
  ["README.md", "card"],
  ["LICENSE.txt", "card"],
  ["figures/benchmark.png", "card"],
  [".gitattributes", "other"],
])("%s is about the %s", (path, wanted) => {
  expect(changeClass(path)).toBe(wanted);
});

test("files that are new, gone and changed are told apart, equal ones left out", () => {
  const from = snapshot({
    "README.md": "a",
    "model.safetensors": "w",
    "old.txt": "o",
    "x.json": "x",
  });
  const to = snapshot({
    "README.md": "b",
    "model.safetensors": "w",
    "new.safetensors": "n",
    "x.json": "x",
  });
  const { changes, files } = diffSnapshots(from, to);
  expect(files.map(({ path, status }) => [path, status])).toEqual([
    ["README.md", "changed"],
    ["new.safetensors", "added"],
    ["old.txt", "removed"],
  ]);
  expect(changes).toEqual(["weights", "card", "other"]);
});

test("a config is compared key by key", () => {
  const config = (bits: number, extra: object): string =>
    JSON.stringify({ ...extra, quantization: { bits, group_size: 64 }, layers: [1, 2] });
  const from = snapshot({ "config.json": "a" }, { "config.json": config(4, { rope: 1 }) });
  const to = snapshot({ "config.json": "b" }, { "config.json": config(8, { vocab: 9 }) });
  expect(diffSnapshots(from, to).config).toEqual([
    { key: "quantization.bits", from: 4, to: 8 },
    { key: "rope", from: 1, to: undefined },
    { key: "vocab", from: undefined, to: 9 },
  ]);
});

test.each([
  [{ chat_template: "a", eos: 1 }, { chat_template: "b", eos: 1 }, ["template"]],
  [{ chat_template: "a", eos: 1 }, { chat_template: "b", eos: 2 }, ["template", "tokenizer"]],
  [{ chat_template: "a", eos: 1 }, { chat_template: "a", eos: 2 }, ["tokenizer"]],
])("of a tokenizer's config %j to %j is about %j", (a, b, wanted) => {
  const path = "tokenizer_config.json";
  const from = snapshot({ [path]: "1" }, { [path]: JSON.stringify(a) });
  const to = snapshot({ [path]: "2" }, { [path]: JSON.stringify(b) });
  expect(diffSnapshots(from, to).changes).toEqual(wanted);
});

test("nothing differs from itself, and what is added one way is removed the other", () => {
  const files = fc.dictionary(
    fc.constantFrom("a.safetensors", "config.json", "README.md", "b.bin", "c"),
    fc.constantFrom("1", "2"),
  );
  fc.assert(
    fc.property(files, files, (a, b) => {
      expect(diffSnapshots(snapshot(a), snapshot(a))).toEqual({
        changes: [],
        files: [],
        config: [],
      });
      const there = diffSnapshots(snapshot(a), snapshot(b));
      const back = diffSnapshots(snapshot(b), snapshot(a));
      expect(back.changes).toEqual(there.changes);
      expect(back.files.map(({ from, to }) => [to, from])).toEqual(
        there.files.map(({ from, to }) => [from, to]),
      );
    }),
  );
});

test("hostile configs are compared without harm", () => {
  const deep = `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`;
  const path = "config.json";
  const from = snapshot({ [path]: "1" }, { [path]: '{"__proto__": {"x": 1}, "constructor": 1}' });
  for (const text of [deep, "[]", "not json", "null", '{"__proto__": {"x": 2}}']) {
    const to = snapshot({ [path]: "2" }, { [path]: text });
    expect(diffSnapshots(from, to).config.length).toBeGreaterThan(0);
  }
});
