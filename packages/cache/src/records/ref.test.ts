import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { COMMIT, publishGolden } from "../../test/golden-model.ts";
import { findCommit, writeRef } from "./ref.ts";

const TWIN = `${COMMIT.slice(0, 7)}${"f".repeat(33)}`;

test("a shortened commit is the one snapshot that begins so", async () => {
  const layout = await publishGolden(await tempDir());
  expect(await findCommit(layout, COMMIT)).toBe(COMMIT);
  expect(await findCommit(layout, COMMIT.toUpperCase())).toBe(COMMIT);
  expect(await findCommit(layout, "main")).toBe(COMMIT);
  expect(await findCommit(layout, COMMIT.slice(0, 7))).toBe(COMMIT);
  expect(await findCommit(layout, COMMIT.slice(0, 12).toUpperCase())).toBe(COMMIT);
  expect(await findCommit(layout, COMMIT.slice(0, 3))).toBeUndefined();
  expect(await findCommit(layout, "fffffff")).toBeUndefined();
});

test("two snapshots that begin alike are none", async () => {
  const layout = await publishGolden(await tempDir());
  await publishGolden(layout.cacheDir, { commit: TWIN });
  expect(await findCommit(layout, COMMIT.slice(0, 7))).toBeUndefined();
  expect(await findCommit(layout, TWIN.slice(0, 8))).toBe(TWIN);
});

test("a branch whose name could be a commit is the branch", async () => {
  const layout = await publishGolden(await tempDir());
  const branch = COMMIT.slice(0, 7);
  await writeRef(layout, branch, TWIN);
  expect(await findCommit(layout, branch)).toBe(TWIN);
});
