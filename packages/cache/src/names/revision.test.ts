import { join, sep } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf, unlessRefused } from "../../test/codes.ts";
import { refPath, repoLayout } from "./layout.ts";
import { checkRevision, isCommit } from "./revision.ts";

test.each([
  "main",
  "v1.0",
  "refs/pr/1",
  "refs/convert/parquet",
  "feature/a-b_c+d",
  "größe",
  "0123456789abcdef0123456789abcdef01234567",
  "-x",
  "a@b",
])("%j is a revision", (revision) => {
  expect(checkRevision(revision)).toBe(revision);
});

test.each([
  "",
  "/main",
  "main/",
  "a//b",
  ".",
  "..",
  "../main",
  "refs/../../evil",
  "a/./b",
  ".hidden",
  "a.",
  "main.lock",
  "a.LOCK/b",
  "a b",
  "a\0b",
  "a\tb",
  "a\nb",
  "a\u007fb",
  "a\\b",
  "C:\\evil",
  "C:evil",
  "a~1",
  "a^",
  "a?",
  "a*",
  "a[",
  "@",
  "a@{1}",
  "\ud800",
  "x".repeat(256),
  `${"x/".repeat(600)}x`,
])("%j is no revision", async (revision) => {
  expect(await codeOf(() => checkRevision(revision))).toBe("cache/invalid-revision");
});

test.each(["con", "refs/NUL", "nul.txt", "a<b", 'a"b', "a|b"])(
  "%j is a revision except on Windows, which cannot hold its ref",
  async (revision) => {
    expect(checkRevision(revision, "linux")).toBe(revision);
    const code = await codeOf(() => checkRevision(revision, "win32"));
    expect(code).toBe("cache/invalid-revision");
  },
);

test("no revision that passes has a ref outside the refs folder", () => {
  const layout = repoLayout("/cache", "org/name");
  const pieces = fc.constantFrom("a", ".", "..", "/", "\\", "C:", "\0", "~", "main", "%2e");
  const text = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (revision) => {
      const path = unlessRefused(() => refPath(layout, revision));
      fc.pre(path !== undefined);
      expect(path).toBe(join(layout.refsDir, revision));
      expect(path.startsWith(layout.refsDir + sep)).toBe(true);
    }),
  );
});

test("only 40 lower-case hex digits are a commit", () => {
  expect(isCommit("0123456789abcdef0123456789abcdef01234567")).toBe(true);
  for (const text of ["0123456", "A".repeat(40), "a".repeat(41), `${"a".repeat(40)}\n`]) {
    expect(isCommit(text)).toBe(false);
  }
});
