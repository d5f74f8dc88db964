import { join, sep } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf, unlessRefused } from "../../test/codes.ts";
import { repoLayout, snapshotPath } from "./layout.ts";
import { checkRepoPath } from "./repo-path.ts";

test.each([
  "config.json",
  ".gitattributes",
  ".github/x.git",
  "sub/dir/notes.txt",
  "model-00001-of-00002.safetensors",
  "a b/c d.txt",
  "日本語/モデル.bin",
  "...a",
  "console.log",
  "com10",
  "x".repeat(255),
])("%j is a safe path", (path) => {
  expect(checkRepoPath(path)).toBe(path);
});

test.each([
  "",
  "/",
  "/etc/passwd",
  "..",
  "../evil",
  "a/../../evil",
  "a/..",
  "./a",
  "a/./b",
  "a//b",
  "a/",
  "a\\..\\b",
  "\\\\host\\share",
  "//host/share",
  "C:evil",
  "c:/evil",
  "sub/D:evil",
  "a\0b",
  "a\nb",
  "a\u009bb",
  "\udfff",
  ".git/config",
  "sub/.GIT/hooks/post-checkout",
  "git~1/config",
  "x".repeat(256),
  `${"x/".repeat(512)}x`,
])("%j is not safe", async (path) => {
  expect(await codeOf(() => checkRepoPath(path))).toBe("cache/unsafe-path");
});

test.each([
  "CON",
  "con.txt",
  "sub/Aux.json",
  "nul",
  "COM1",
  "lpt9.tar.gz",
  "COM¹",
  "conin$",
  "nul .txt",
  "a.",
  "a ",
  "dir./a",
  "what?.txt",
  'a"b',
])("%j is safe except on Windows, which cannot hold it", async (path) => {
  expect(checkRepoPath(path, "darwin")).toBe(path);
  expect(await codeOf(() => checkRepoPath(path, "win32"))).toBe("cache/unsafe-path");
});

test("no path that passes leaves the snapshot's folder", () => {
  const layout = repoLayout("/cache", "org/name");
  const commit = "a".repeat(40);
  const root = join(layout.snapshotsDir, commit);
  const pieces = fc.constantFrom("a", ".", "..", "/", "\\", "C:", "\0", " ", "nul", "b.json");
  const text = fc.array(pieces, { maxLength: 9 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (path) => {
      const joined = unlessRefused(() => snapshotPath(layout, commit, path));
      fc.pre(joined !== undefined);
      expect(joined).toBe(root + sep + path.replaceAll("/", sep));
    }),
  );
});
