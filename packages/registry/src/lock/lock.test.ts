import { createHash } from "node:crypto";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareLock,
  exportLock,
  filesDigest,
  formatLock,
  formatManifest,
  isSafePath,
  type LockedFile,
  type LockedModel,
  type ModelLock,
  parseLock,
  parseManifest,
  requireLocked,
} from "../index.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

function model(repoId: string, extra: Partial<LockedModel> = {}): LockedModel {
  const files: ReadonlyMap<string, LockedFile> =
    extra.files ??
    new Map([
      ["model.safetensors", { sha256: sha256("weights"), size: 7 }],
      ["config.json", { sha256: sha256("{}"), size: 2, gitSha1: "a".repeat(40) }],
    ]);
  return {
    repoId,
    repoObjectId: "0123456789abcdef01234567",
    requested: repoId,
    commit: "c".repeat(40),
    resolvedAt: "2026-11-30T09:00:00.000Z",
    license: "apache-2.0",
    gated: false,
    selection: { include: [], exclude: [] },
    loads: { modelType: "qwen3", quantization: "4bit-g64" },
    digest: filesDigest(files),
    ...extra,
    files,
  };
}

const lock: ModelLock = {
  models: new Map([
    ["embed", model("mlx-community/embed")],
    ["chat", model("mlx-community/chat", { selection: { include: ["*.json"], exclude: [] } })],
  ]),
};

test("a lock is read as it was written, sorted, one line a file", () => {
  const text = formatLock(lock);
  expect(formatLock(parseLock(text))).toBe(text);
  expect(text.indexOf('"chat"')).toBeLessThan(text.indexOf('"embed"'));
  expect(text).toContain(
    `        "config.json": "sha256:${sha256("{}")} 2 git-sha1:${"a".repeat(40)}",\n`,
  );
  expect(text.endsWith("}\n")).toBe(true);
  expect(parseLock(text.replaceAll("\n", "\r\n")).models.get("chat")).toEqual(
    lock.models.get("chat"),
  );
});

test("the order in which models and files were found changes nothing", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(names, names, fc.infiniteStream(fc.nat()), (aliases, paths, numbers) => {
      const shuffle = <T>(list: readonly T[]): T[] =>
        list
          .map((item) => ({ item, at: numbers.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ item }) => item);
      const make = (): string => {
        const files = new Map(
          shuffle(paths).map((path) => [path, { sha256: sha256(path), size: 1 }]),
        );
        return formatLock({
          models: new Map(shuffle(aliases).map((alias) => [alias, model("org/name", { files })])),
        });
      };
      expect(make()).toBe(make());
      expect(formatLock(parseLock(make()))).toBe(make());
    }),
  );
});

test("the digest is of the bytes alone: repo, commit and mirror do not matter", () => {
  const { files } = model("a/b");
  const lines = [
    `${sha256("{}")} 2 config.json\n`,
    `${sha256("weights")} 7 model.safetensors\n`,
  ].join("");
  expect(filesDigest(files)).toBe(`sha256:${sha256(lines)}`);
});

test.each([
  ["a digest", (text: string) => text.replace(sha256("weights"), sha256("evil")), "lock/tampered"],
  [
    "a size",
    (text: string) => text.replace(`${sha256("weights")} 7`, `${sha256("weights")} 8`),
    "lock/tampered",
  ],
  ["a path", (text: string) => text.replace('"config.json"', '"../config.json"'), "lock/tampered"],
  [
    "an absolute path",
    (text: string) => text.replace('"config.json"', '"/etc/passwd"'),
    "lock/tampered",
  ],
  [
    "a Windows path",
    (text: string) => text.replace('"config.json"', String.raw`"a\\b"`),
    "lock/tampered",
  ],
  [
    "a path that differs in capitals",
    (text: string) => text.replace('"config.json"', '"MODEL.safetensors"'),
    "lock/tampered",
  ],
  [
    "a path below a file",
    (text: string) => text.replace('"config.json"', '"model.safetensors/x"'),
    "lock/tampered",
  ],
  [
    "the digest of all",
    (text: string) => text.replace(/"digest": "sha256:./, '"digest": "sha256:f'),
    "lock/tampered",
  ],
  ["a commit", (text: string) => text.replace("c".repeat(40), "main"), "lock/invalid"],
  [
    "a repo",
    (text: string) => text.replace('"repoId": "mlx-community/chat"', '"repoId": "../chat"'),
    "lock/invalid",
  ],
  ["a selection", (text: string) => text.replace('"*.json"', "1"), "lock/invalid"],
  ["an alias", (text: string) => text.replace('"chat": {', '"a/b": {'), "lock/invalid"],
  ["no files", (text: string) => text.replace(/"files": \{[^}]*\}/, '"files": {}'), "lock/invalid"],
  ["half of it", (text: string) => text.slice(0, text.length / 2), "lock/invalid"],
  [
    "a later format",
    (text: string) => text.replace('"lockVersion": 1', '"lockVersion": 2'),
    "lock/version",
  ],
])("a lock with %s changed is refused", (_what, change, code) => {
  const text = formatLock(lock);
  const changed = change(text);
  expect(changed).not.toBe(text);
  expect(() => parseLock(changed)).toThrow(
    expect.objectContaining({ code, hint: expect.stringMatching(/\S/) }),
  );
});

test("a merge's markers have an error of their own, with the line", () => {
  const text = formatLock(lock).replace('    "embed"', '<<<<<<< HEAD\n    "embed"');
  expect(() => parseLock(text)).toThrow(
    expect.objectContaining({
      code: "lock/conflict",
      data: { file: "mlx-models.lock", line: expect.any(Number) },
    }),
  );
  expect(() => parseManifest('{\n=======\n"models": {}}')).toThrow(
    expect.objectContaining({ code: "lock/conflict", data: { file: "mlx-models.json", line: 2 } }),
  );
});

test("any text is a lock, or a coded error", () => {
  const good = formatLock(lock);
  const damage = fc.record({
    at: fc.nat(good.length),
    by: fc.string({ maxLength: 4 }),
    cut: fc.nat(4),
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), damage), (input) => {
      const text =
        typeof input === "string"
          ? input
          : good.slice(0, input.at) + input.by + good.slice(input.at + input.cut);
      try {
        formatLock(parseLock(text));
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^lock\//) });
      }
    }),
  );
});

test("a manifest is read and written: plain models as text, sorted", () => {
  const text = `{ "models": { "b": "org/b@v1", "a": { "ref": "org/a", "exclude": ["*.bin"], "optional": true } } }`;
  const manifest = parseManifest(text);
  expect(manifest.models.get("b")).toEqual({
    ref: "org/b@v1",
    include: [],
    exclude: [],
    optional: false,
  });
  expect(formatManifest(manifest)).toBe(
    `${JSON.stringify({ models: { a: { ref: "org/a", exclude: ["*.bin"], optional: true }, b: "org/b@v1" } }, undefined, 2)}\n`,
  );
  expect(parseManifest(formatManifest(manifest))).toEqual(manifest);
});

test.each([
  ["{}", "models"],
  ['{"models": []}', "models"],
  ['{"models": {"a/b": "org/a"}}', "alias"],
  ['{"models": {"__proto__": "org/a"}}', "alias"],
  ['{"models": {"a": "org"}}', "names no model"],
  ['{"models": {"a": "org/a@../x"}}', "names no model"],
  ['{"models": {"a": {"ref": "org/a", "inculde": []}}}', "inculde"],
  ['{"models": {"a": {"ref": "org/a", "include": [1]}}}', "patterns"],
  ['{"models": {"Chat": "org/a", "chat": "org/b"}}', "capitals"],
  ['{"model": {}}', "model"],
  ["[]", "object"],
])("the manifest %s is refused, and the message says why", (text, why) => {
  expect(() => parseManifest(text)).toThrow(
    expect.objectContaining({ code: "lock/invalid", message: expect.stringContaining(why) }),
  );
});

test("what differs between manifest and lock is named", () => {
  const manifest = parseManifest(
    '{"models": {"chat": "mlx-community/chat", "new": "org/new", "embed": "mlx-community/embed"}}',
  );
  expect(compareLock(manifest, lock)).toEqual({ missing: ["new"], extra: [], changed: ["chat"] });
  expect(() => requireLocked(manifest, lock)).toThrow(
    expect.objectContaining({
      code: "lock/out-of-date",
      message: expect.stringContaining("new is not locked"),
    }),
  );
  const agreeing = parseManifest(
    '{"models": {"chat": {"ref": "mlx-community/chat", "include": ["*.json"]}, "embed": "mlx-community/embed"}}',
  );
  expect(() => requireLocked(agreeing, lock)).not.toThrow();
});

test("kernels.lock is as kernels 0.17 writes it, two aliases of one repo once", () => {
  const twice: ModelLock = {
    models: new Map([
      ["b", model("org/b", { requested: "org/b@v2" })],
      ["a", model("org/a")],
      ["a2", model("org/a")],
    ]),
  };
  expect(JSON.parse(exportLock(twice, "kernels", { version: "1.0.0" }))).toEqual([
    { dependency: { "repo-id": "org/a", revision: "main" }, lock: { commit: "c".repeat(40) } },
    { dependency: { "repo-id": "org/b", revision: "v2" }, lock: { commit: "c".repeat(40) } },
  ]);
});

test("CycloneDX names every model and every file with its digest", () => {
  const bom = JSON.parse(
    exportLock(lock, "cyclonedx", { version: "1.0.0", timestamp: "2026-11-30T00:00:00.000Z" }),
  );
  expect(bom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
  expect(bom.components).toHaveLength(2);
  expect(bom.components[0]).toMatchObject({
    type: "machine-learning-model",
    purl: `pkg:huggingface/mlx-community/chat@${"c".repeat(40)}`,
    components: [
      { type: "file", name: "config.json", hashes: [{ alg: "SHA-256", content: sha256("{}") }] },
      { type: "file", name: "model.safetensors" },
    ],
  });
});

test("CycloneDX's own validator accepts what is written, whatever the licence", async () => {
  const licenses = ["apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0"];
  const others = ["cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0", "isc"];
  const rest = ["agpl-3.0", "gpl-3.0", "lgpl-3.0", "mpl-2.0", "unlicense", "llama3.2", "other"];
  const all = [...licenses, ...others, ...rest, null];
  const models = new Map(all.map((license, at) => [`m${at}`, model(`org/m${at}`, { license })]));
  const text = exportLock({ models }, "cyclonedx", { version: "1.0.0" });
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(text)).toBeNull();
  expect(await validator.validate(text.replace('"purl"', '"pearl"'))).not.toBeNull();
  expect(JSON.parse(text).components[0].licenses).toEqual([{ license: { id: "Apache-2.0" } }]);
});

test.each([
  "a",
  "a/b.json",
  ".gitattributes",
  "weights/model-00001-of-00002.safetensors",
  "ä/ö",
  "__proto__",
])("%j is a safe path", (path) => {
  expect(isSafePath(path)).toBe(true);
});

test.each([
  "",
  "/a",
  "a/",
  "a//b",
  "..",
  "a/../b",
  "./a",
  "C:/a",
  String.raw`a\b`,
  "a\0b",
  "con",
  "a/NUL.txt",
  "a.",
  "a ",
  "a:b",
  "x\n",
])("%j is no safe path", (path) => {
  expect(isSafePath(path)).toBe(false);
});
