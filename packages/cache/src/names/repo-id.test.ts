import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { checkRepoId, parseRepoFolderName, repoFolderName, type RepoType } from "./repo-id.ts";

const part = fc.stringMatching(/^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,20}[A-Za-z0-9_])?$/);
const repoId = fc
  .oneof(
    part,
    fc.tuple(part, part).map(([a, b]) => `${a}/${b}`),
  )
  .filter((id) => !/--|\.\.|\.git$/.test(id));
const repoType = fc.constantFrom<RepoType>("model", "dataset", "space", "kernel");

test("a repo is found again by the name of its folder", () => {
  fc.assert(
    fc.property(repoId, repoType, (id, type) => {
      expect(parseRepoFolderName(repoFolderName(id, type))).toEqual({ repoId: id, repoType: type });
    }),
  );
});

test("a folder name that parses is the folder name of its repo id", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "-", ".", "/", "_"), maxLength: 12 });
  fc.assert(
    fc.property(text, (rest) => {
      const parsed = parseRepoFolderName(`models--${rest}`);
      fc.pre(parsed !== undefined);
      expect(repoFolderName(parsed.repoId, parsed.repoType)).toBe(`models--${rest}`);
    }),
  );
});

test("the folder keeps the case of the id, and a canonical id has one part", () => {
  expect(repoFolderName("mlx-community/Qwen2.5-7B-4bit")).toBe(
    "models--mlx-community--Qwen2.5-7B-4bit",
  );
  expect(repoFolderName("gpt2")).toBe("models--gpt2");
  expect(repoFolderName("org/d", "dataset")).toBe("datasets--org--d");
});

test.each([
  "",
  "/",
  "a/",
  "/a",
  "a/b/c",
  "..",
  "../evil",
  "a/../b",
  "a..b",
  "a--b",
  "-a",
  "a-",
  ".a",
  "a.",
  "org/-a",
  "org-/a",
  "a.git",
  "org/a.git",
  "a b",
  "a\0b",
  "a\\b",
  "a\n",
  "café",
  "models/org/name",
  "x".repeat(97),
])("%j is no repo id", async (id) => {
  expect(await codeOf(() => checkRepoId(id))).toBe("cache/invalid-repo-id");
});

test("an unknown repo type is refused, also one that an object inherits", async () => {
  for (const type of ["bucket", "constructor"]) {
    const work = (): string => repoFolderName("a/b", type as RepoType);
    expect(await codeOf(work)).toBe("cache/invalid-repo-id");
  }
});

test.each([
  "models",
  "models--",
  "model--a",
  "models--a--b--c",
  "blobs",
  ".locks",
  "models--..",
  "models--a--.git",
])("%j is no repo's folder", (folder) => {
  expect(parseRepoFolderName(folder)).toBeUndefined();
});
