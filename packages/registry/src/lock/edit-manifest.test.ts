import { expect, test } from "vitest";
import { editManifest, type ManifestModel } from "../index.ts";

const wanted = (ref: string, over: Partial<ManifestModel> = {}): ManifestModel => ({
  ref,
  include: [],
  exclude: [],
  optional: false,
  ...over,
});

test("a manifest is made where there is none", () => {
  expect(editManifest(undefined, { set: new Map([["a", wanted("org/a")]]) })).toBe(
    '{\n  "models": {\n    "a": "org/a"\n  }\n}\n',
  );
});

test("an added model is one more line, in its place where the aliases are sorted", () => {
  const text =
    '{\n    "$schema": "x",\n    "models": {\n        "a": "org/a",\n        "c": "org/c"\n    }\n}\n';
  const set = new Map([["b", wanted("org/b")]]);
  expect(editManifest(text, { set })).toBe(
    text.replace('"org/a",\n', '"org/a",\n        "b": "org/b",\n'),
  );
  const unsorted = '{\n  "models": {\n    "z": "org/z",\n    "c": "org/c"\n  }\n}\n';
  expect(editManifest(unsorted, { set })).toBe(
    unsorted.replace('"org/c"\n', '"org/c",\n    "b": "org/b"\n'),
  );
});

test("entries that are not edited keep their form, one that is set gets the shortest", () => {
  const text =
    '{\r\n\t"models": {\r\n\t\t"a": {\r\n\t\t\t"optional": false,\r\n\t\t\t"ref": "org/a"\r\n\t\t},\r\n\t\t"b": "org/b"\r\n\t}\r\n}\r\n';
  const set = new Map([["b", wanted("org/b@v2", { exclude: ["*.md"], optional: true })]]);
  const after = editManifest(`\uFEFF${text}`, { set });
  expect(after.startsWith(`\uFEFF${text.slice(0, text.indexOf('"b"'))}`)).toBe(true);
  expect(after).not.toMatch(/[^\r]\n/);
  expect(JSON.parse(after.slice(1)).models.b).toEqual({
    ref: "org/b@v2",
    exclude: ["*.md"],
    optional: true,
  });
  expect(editManifest(text, { remove: ["b"], set: new Map() })).toBe(
    text.replace(',\r\n\t\t"b": "org/b"', ""),
  );
});

test("neither a broken manifest nor an edit that breaks one is written", () => {
  const edit = (text: string, alias: string, ref: string): string =>
    editManifest(text, { set: new Map([[alias, wanted(ref)]]) });
  const code = expect.objectContaining({ code: "lock/invalid" });
  expect(() => edit("{}", "a", "org/a")).toThrow(code);
  expect(() => edit('{"models":{"Chat":"org/a"}}', "chat", "org/b")).toThrow(code);
  expect(() => edit('{"models":{}}', "a/b", "org/b")).toThrow(code);
});
