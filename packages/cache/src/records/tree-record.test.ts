import { readFile, writeFile } from "node:fs/promises";
import { tempDir } from "@mlx-download/test-utils";
import fc from "fast-check";
import { expect, test } from "vitest";
import { COMMIT, FILES } from "../../test/golden-model.ts";
import { codeOf } from "../../test/codes.ts";
import { repoLayout, treePath, type RepoLayout } from "../names/layout.ts";
import { prepareRepo } from "../publish/prepare-repo.ts";
import { checkRepoPath } from "../names/repo-path.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import { readTreeRecord, writeTreeRecord } from "./tree-record.ts";

async function prepared(): Promise<RepoLayout> {
  const layout = repoLayout(await tempDir(), "acme/tiny");
  await prepareRepo(layout);
  return layout;
}

const OID = "479e18224e7827e7909c8a78f287e3306c1de8bb";

function plainFile(path: string): SnapshotFile {
  return { path, size: 23, digest: { algorithm: "git-sha1", hex: OID }, blobId: OID };
}

async function readBack(content: unknown): Promise<readonly SnapshotFile[] | undefined> {
  const layout = await prepared();
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await writeFile(treePath(layout, COMMIT), text);
  return await readTreeRecord(layout, COMMIT);
}

test("a listing is read back as it was written, sorted by path", async () => {
  const layout = await prepared();
  await writeTreeRecord(layout, COMMIT, FILES);
  const files = await readTreeRecord(layout, COMMIT);
  expect(files).toEqual([...FILES].toSorted((a, b) => (a.path < b.path ? -1 : 1)));
});

test("any names survive, also those that objects treat specially", async () => {
  const layout = await prepared();
  const safe = fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).filter((path) => {
    try {
      return checkRepoPath(path) === path && !path.includes("/");
    } catch {
      return false;
    }
  });
  const special = fc.constantFrom("__proto__", "constructor", "1", "10", "2", "é", "💾", "\ufffd");
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.oneof(safe, special), { maxLength: 12 }), async (names) => {
      await writeTreeRecord(layout, COMMIT, names.map(plainFile));
      const files = await readTreeRecord(layout, COMMIT);
      expect(new Set(files?.map((file) => file.path))).toEqual(new Set(names));
      expect(await readFile(treePath(layout, COMMIT), "latin1")).not.toMatch(/[\u007f-\u00ff]/);
    }),
    { numRuns: 50 },
  );
});

test("no record, no listing", async () => {
  expect(await readTreeRecord(await prepared(), COMMIT)).toBeUndefined();
});

const ENTRY = { size: 23, blob_id: OID };
const LFS = { ...ENTRY, lfs_sha256: "b".repeat(64), lfs_size: 23 };

test("compact JSON, another order and unknown fields are fine", async () => {
  const files = await readBack({ files: { b: { ...LFS, more: 1 }, a: ENTRY }, format_version: 1 });
  expect(files?.map((file) => file.digest.algorithm)).toEqual(["sha256", "git-sha1"]);
});

test("a Xet hash may be in upper case", async () => {
  const entry = { ...LFS, xet_hash: "C".repeat(64) };
  const files = await readBack({ format_version: 1, files: { a: entry } });
  expect(files?.[0]?.xetHash).toBe("c".repeat(64));
});

test.each<[string, unknown]>([
  ["cut off JSON", '{"format_version":1,"files":{'],
  ["another format version", { format_version: 2, files: { a: ENTRY } }],
  ["no files", { format_version: 1 }],
  ["a list", [1]],
  [
    "a masked Xet hash",
    { format_version: 1, files: { a: ENTRY, b: { ...LFS, xet_hash: "*".repeat(64) } } },
  ],
  ["a path that leaves the snapshot", { format_version: 1, files: { "../../evil": ENTRY } }],
  ["a negative size", { format_version: 1, files: { a: { ...ENTRY, size: -5 } } }],
  ["a size that is text", { format_version: 1, files: { a: { ...ENTRY, size: "23" } } }],
  ["a blob id that is a path", { format_version: 1, files: { a: { ...ENTRY, blob_id: "../x" } } }],
  [
    "an LFS digest that is a path",
    { format_version: 1, files: { a: { ...LFS, lfs_sha256: "../x" } } },
  ],
  ["two sizes", { format_version: 1, files: { a: { ...LFS, lfs_size: 24 } } }],
  ["a file that is a folder as well", { format_version: 1, files: { a: ENTRY, "a/b": ENTRY } }],
  ["an entry of null", { format_version: 1, files: { a: null } }],
])("a record with %s is not used at all", async (_name, content) => {
  expect(await readBack(content)).toBeUndefined();
});

test("a listing that contradicts itself is not written", async () => {
  const layout = await prepared();
  for (const paths of [
    ["a", "a"],
    ["a", "a/b/c"],
  ]) {
    const work = (): Promise<void> => writeTreeRecord(layout, COMMIT, paths.map(plainFile));
    expect(await codeOf(work)).toBe("cache/unsafe-path");
  }
  expect(await readTreeRecord(layout, COMMIT)).toBeUndefined();
});
