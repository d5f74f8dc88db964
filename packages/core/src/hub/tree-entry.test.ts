import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelDownloadError } from "../contract/errors.ts";
import { parseTreeEntry } from "./tree-entry.ts";

const OID = "8e2e871357bef652084a73f7173adc5eb8859a33";
const SHA256 = "914218289910ff881b5c3dcad3c27b2df30a6de51b699be8d22264136c1ead90";
const XET = "d5160d39cde479c9d5e9bae9f54f4ff59a59c96a71d2bf8971448a12fcd4c5a4";
const small = { type: "file", oid: OID, size: 7, path: "README.md" };
const large = {
  type: "file",
  oid: "07a046077f0a58beea34706f87b35e177709d581",
  size: 100,
  path: "model.safetensors",
  lfs: { oid: SHA256, size: 100, pointerSize: 128 },
  xetHash: XET,
};

function outcome(item: unknown): string {
  try {
    const entry = parseTreeEntry(item);
    if (entry.kind !== "file") return entry.kind;
    const { size, digest } = entry.file;
    return Number.isSafeInteger(size) && size >= 0 && /^[0-9a-f]+$/.test(digest.hex)
      ? "sound"
      : "unsound";
  } catch (error) {
    return error instanceof ModelDownloadError ? error.code : String(error);
  }
}

describe("parseTreeEntry", () => {
  test("reads a small file by its git id", () => {
    expect(parseTreeEntry(small)).toEqual({
      kind: "file",
      file: {
        path: "README.md",
        size: 7,
        digest: { algorithm: "git-sha1", hex: OID },
        blobId: OID,
      },
    });
  });

  test("reads an LFS file by its sha256, and its Xet hash", () => {
    expect(parseTreeEntry(large)).toEqual({
      kind: "file",
      file: {
        path: "model.safetensors",
        size: 100,
        digest: { algorithm: "sha256", hex: SHA256 },
        blobId: large.oid,
        xetHash: XET,
      },
    });
  });

  test("works out the git id of an LFS pointer that the server left out", () => {
    const { oid: _, ...without } = large;
    expect(parseTreeEntry(without)).toEqual(parseTreeEntry(large));
    expect(parseTreeEntry({ ...large, oid: "" })).toEqual(parseTreeEntry(large));
  });

  test("takes the size of an LFS file's content, not of its pointer", () => {
    expect(parseTreeEntry({ ...large, size: 128 })).toEqual(parseTreeEntry(large));
  });

  test.each(["*".repeat(64), "", "abc", 7, null])("drops the Xet hash %j", (xetHash) => {
    expect(parseTreeEntry({ ...small, xetHash })).toEqual(parseTreeEntry(small));
  });

  const MASK = "*".repeat(64);
  test("knows a file whose digest is masked, as a gated repo shows it without access", () => {
    const masked = { ...large, lfs: { ...large.lfs, oid: MASK }, xetHash: MASK };
    expect(parseTreeEntry(masked)).toEqual({
      kind: "withheld",
      file: { path: large.path, size: 100, blobId: large.oid },
    });
    for (const oid of [undefined, "*".repeat(40)]) {
      expect(parseTreeEntry({ ...masked, oid })).toMatchObject({
        kind: "withheld",
        file: { blobId: undefined },
      });
    }
    expect(parseTreeEntry({ ...small, oid: "*".repeat(40) })).toEqual({
      kind: "withheld",
      file: { path: small.path, size: small.size, blobId: undefined },
    });
  });

  const MD5 = "0123456789abcdef0123456789ABCDEF";
  test("reads a server without git, whose ids are a sha256 or an md5", () => {
    const digest = { algorithm: "sha256", hex: SHA256 };
    expect(parseTreeEntry({ ...small, oid: SHA256.toUpperCase(), size: 100 })).toEqual({
      kind: "file",
      file: { path: "README.md", size: 100, digest, blobId: large.oid },
    });
    expect(parseTreeEntry({ ...small, oid: MD5 })).toEqual({
      kind: "md5",
      file: { path: "README.md", size: 7, md5: MD5.toLowerCase() },
    });
    for (const oid of [SHA256, MD5]) {
      expect(parseTreeEntry({ ...large, oid })).toEqual(parseTreeEntry(large));
    }
  });

  test("reads an empty file, and one whose lfs is nothing", () => {
    expect(parseTreeEntry({ ...small, size: 0 })).toMatchObject({
      kind: "file",
      file: { size: 0 },
    });
    for (const lfs of [null, false, "", {}]) {
      expect(parseTreeEntry({ ...small, lfs })).toEqual(parseTreeEntry(small));
    }
  });

  test("reads a size of digits, git's word for a file, and a sha256 that says so", () => {
    expect(parseTreeEntry({ ...small, size: "7" })).toEqual(parseTreeEntry(small));
    expect(parseTreeEntry({ ...small, type: "blob" })).toEqual(parseTreeEntry(small));
    const lfs = { ...large.lfs, oid: `sha256:${SHA256}`, size: "100" };
    expect(parseTreeEntry({ ...large, lfs })).toEqual(parseTreeEntry(large));
  });

  test("says which path is not safe, and why", () => {
    expect(() => parseTreeEntry({ ...small, path: "../../evil" })).toThrow(
      /"\.\.\/\.\.\/evil" is not safe: it walks out of its folder/,
    );
  });

  test("works out a git id that alone is masked", () => {
    expect(parseTreeEntry({ ...large, oid: "*".repeat(40) })).toEqual(parseTreeEntry(large));
  });

  test("refuses a masked file like any other when its path or size is not sound", () => {
    const masked = { ...large, lfs: { ...large.lfs, oid: MASK } };
    for (const wrong of [
      { ...masked, path: "../x" },
      { ...masked, lfs: { oid: MASK, size: -1 } },
      { ...masked, oid: "../../../evil" },
    ]) {
      expect(outcome(wrong)).toBe("hub/unsafe-tree");
    }
  });

  test("writes digests in lower case", () => {
    expect(parseTreeEntry({ ...small, oid: OID.toUpperCase() })).toEqual(parseTreeEntry(small));
  });

  test("ignores folders and other items that are not files", () => {
    expect(parseTreeEntry({ type: "directory", oid: OID, size: 0, path: "sub" })).toEqual({
      kind: "folder",
      path: "sub",
    });
    expect(parseTreeEntry({ oid: "", path: "", type: "", size: 0 })).toEqual({ kind: "other" });
    expect(parseTreeEntry({ type: "tree", oid: OID, path: "sub" })).toMatchObject({
      kind: "folder",
    });
    expect(parseTreeEntry({ type: "symlink", path: "../../x" })).toEqual({
      kind: "other",
      path: "../../x",
    });
    for (const path of ["", 7, undefined]) {
      expect(parseTreeEntry({ type: "directory", path })).toEqual({ kind: "other" });
    }
  });

  test.each<[string, unknown]>([
    ["no object", "README.md"],
    ["null", null],
    ["no path", { ...small, path: undefined }],
    ["traversal", { ...small, path: "../../evil" }],
    ["traversal inside", { ...small, path: "a/../../evil" }],
    ["absolute", { ...small, path: "/etc/passwd" }],
    ["NUL", { ...small, path: "a\0b" }],
    ["backslash", { ...small, path: "..\\evil" }],
    ["drive", { ...small, path: "C:/x" }],
    ["too long", { ...small, path: "x".repeat(2000) }],
    ["negative size", { ...small, size: -1 }],
    ["size no integer", { ...small, size: 1.5 }],
    ["size not safe", { ...small, size: 2 ** 60 }],
    ["size no count", { ...small, size: "7 kB" }],
    ["size an empty text", { ...small, size: "" }],
    ["size in another notation", { ...small, size: "0x7" }],
    ["size a list", { ...small, size: [7] }],
    ["size null", { ...small, size: null }],
    ["no git id", { ...small, oid: undefined }],
    ["a path for a git id", { ...small, oid: "../../../evil" }],
    // A list of one text reads as that text where a pattern is tried on it.
    ["a list for a git id", { ...small, oid: [OID] }],
    ["a list for a sha256 that is an id", { ...small, oid: [SHA256] }],
    ["a list for an md5", { ...small, oid: ["0".repeat(32)] }],
    ["a list for a mask", { ...small, oid: ["*".repeat(40)] }],
    ["a path for a sha256", { ...large, lfs: { ...large.lfs, oid: "../../../evil" } }],
    ["a path for an LFS git id", { ...large, oid: "../../../evil" }],
    ["a git id for a sha256", { ...large, lfs: { ...large.lfs, oid: OID } }],
    ["lfs no object", { ...large, lfs: "yes" }],
    ["lfs negative", { ...large, lfs: { ...large.lfs, size: -5 } }],
  ])("refuses an entry: %s", (_name, entry) => {
    expect(() => parseTreeEntry(entry)).toThrow(
      expect.objectContaining({ code: "hub/unsafe-tree" }),
    );
  });

  test.skipIf(process.platform === "win32")("takes a name that only Windows reserves", () => {
    expect(parseTreeEntry({ ...small, path: "sub/CON" })).toMatchObject({ kind: "file" });
  });

  test("answers any JSON with an entry or a coded error", () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          type: fc.constantFrom("file", "directory", ""),
          path: fc.oneof(fc.string(), fc.jsonValue()),
          size: fc.oneof(fc.double(), fc.jsonValue()),
          oid: fc.oneof(fc.constant(OID), fc.jsonValue()),
          lfs: fc.oneof(fc.record({ oid: fc.constant(SHA256), size: fc.double() }), fc.jsonValue()),
          xetHash: fc.jsonValue(),
        },
        { requiredKeys: ["type"] },
      ),
    );
    fc.assert(
      fc.property(anything, (item) => {
        expect(outcome(item)).toMatch(/^(sound|other|folder|hub\/unsafe-tree)$/);
      }),
      { numRuns: 500 },
    );
  });
});
