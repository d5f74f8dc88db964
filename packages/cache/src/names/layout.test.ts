import { join } from "node:path";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import {
  blobPath,
  lockPath,
  partialPaths,
  refPath,
  repoLayout,
  snapshotPath,
  treePath,
} from "./layout.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const OID = "479e18224e7827e7909c8a78f287e3306c1de8bb";
const layout = repoLayout("/hub", "acme/tiny");

test("everything of a repo lies where other clients look for it", () => {
  expect(blobPath(layout, OID)).toBe(`/hub/models--acme--tiny/blobs/${OID}`);
  expect(snapshotPath(layout, COMMIT, "sub/x")).toBe(
    `/hub/models--acme--tiny/snapshots/${COMMIT}/sub/x`,
  );
  expect(refPath(layout, "refs/pr/1")).toBe("/hub/models--acme--tiny/refs/refs/pr/1");
  expect(treePath(layout, COMMIT)).toBe(`/hub/models--acme--tiny/trees/${COMMIT}.json`);
  expect(lockPath(layout, OID)).toBe(`/hub/.locks/models--acme--tiny/${OID}.lock`);
});

test("partial data lies in the repo's folder but not among its blobs", () => {
  expect(partialPaths(layout, OID)).toEqual({
    data: `/hub/models--acme--tiny/.partial/${OID}.data`,
    journal: `/hub/models--acme--tiny/.partial/${OID}.journal`,
  });
});

test("a relative cache folder is meant from the working directory", () => {
  expect(repoLayout("cache", "a/b").cacheDir).toBe(join(process.cwd(), "cache"));
});

test("a blob's name that is a path is refused wherever it is used", async () => {
  for (const hex of [
    "../../../evil",
    "",
    "a".repeat(41),
    "A".repeat(40),
    `${OID}\0`,
    `${OID}/..`,
  ]) {
    for (const path of [blobPath, lockPath, partialPaths]) {
      expect(await codeOf(() => path(layout, hex))).toBe("cache/invalid-digest");
    }
  }
});

test("a commit that is a path or a branch is refused", async () => {
  for (const commit of ["../../evil", "main", "", `${COMMIT}/..`, COMMIT.toUpperCase()]) {
    expect(await codeOf(() => treePath(layout, commit))).toBe("cache/invalid-revision");
    expect(await codeOf(() => snapshotPath(layout, commit, "a"))).toBe("cache/invalid-revision");
  }
});

test("a cache folder must have a name", async () => {
  for (const cacheDir of ["", "/a\0b"]) {
    expect(await codeOf(() => repoLayout(cacheDir, "a/b"))).toBe("cache/unsafe-path");
  }
});
