import { readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, publishGolden } from "../../test/golden-model.ts";
import { repoLayout } from "../names/layout.ts";
import { listPins, pinModel, unpinModel } from "./pin.ts";
import { writeRef } from "./ref.ts";
import { removeRepo } from "../removal/remove-repo.ts";
import { scanCache } from "../scan/scan-cache.ts";

const OTHER = "89abcdef0123456789abcdef0123456789abcdef";

test("a pinned ref protects the commit that it points at now", async () => {
  const layout = await publishGolden(await tempDir());
  expect(await pinModel(layout)).toMatchObject({ revision: "main", commit: COMMIT });
  await pinModel(layout);
  await publishGolden(layout.cacheDir, { commit: OTHER });
  expect(await listPins(layout.cacheDir)).toEqual([
    expect.objectContaining({ repoId: "acme/tiny", revision: "main", commit: OTHER }),
  ]);
});

test("a pinned commit gets a ref of its own, which goes with the pin", async () => {
  const layout = await publishGolden(await tempDir(), { revision: null });
  await pinModel(layout, COMMIT);
  const ref = join(layout.refsDir, "pinned", COMMIT);
  expect(await readFile(ref, "utf8")).toBe(COMMIT);
  expect((await scanCache(layout.cacheDir)).repos[0]?.findings).toEqual([]);
  expect(await unpinModel(layout, COMMIT)).toBe(true);
  expect(await unpinModel(layout, COMMIT)).toBe(false);
  expect(await readdir(join(layout.refsDir, "pinned"))).toEqual([]);
  expect(await listPins(layout.cacheDir)).toEqual([]);
});

test("a shortened commit pins the whole one", async () => {
  const layout = await publishGolden(await tempDir(), { revision: null });
  expect(await pinModel(layout, COMMIT.slice(0, 8))).toMatchObject({ revision: COMMIT });
  expect(await readFile(join(layout.refsDir, "pinned", COMMIT), "utf8")).toBe(COMMIT);
  expect(await unpinModel(layout, COMMIT.slice(0, 8))).toBe(true);
  expect(await listPins(layout.cacheDir)).toEqual([]);
});

test("pins of nested revisions are listed by their whole name", async () => {
  const layout = await publishGolden(await tempDir(), { revision: "refs/pr/1" });
  await writeRef(layout, "v1", COMMIT);
  await Promise.all([pinModel(layout, "refs/pr/1"), pinModel(layout, "v1")]);
  const revisions = (await listPins(layout.cacheDir)).map(({ revision }) => revision);
  expect(revisions).toEqual(["refs/pr/1", "v1"]);
});

test("an absent revision cannot be pinned, and nothing is written for it", async () => {
  const layout = await publishGolden(await tempDir());
  const none = repoLayout(layout.cacheDir, "acme/none");
  expect(await codeOf(() => pinModel(none))).toBe("cache/not-found");
  expect(await codeOf(() => pinModel(layout, OTHER))).toBe("cache/not-found");
  expect(await codeOf(() => pinModel(layout, "../../x"))).toBe("cache/invalid-revision");
  expect(await unpinModel(none)).toBe(false);
  expect(await readdir(layout.cacheDir)).not.toContain("models--acme--none");
});

test("a pinned repo is not removed, and stays whole", async () => {
  const layout = await publishGolden(await tempDir());
  await pinModel(layout);
  expect(await codeOf(() => removeRepo(layout.cacheDir, "acme/tiny"))).toBe("cache/pinned");
  expect((await scanCache(layout.cacheDir)).repos[0]?.revisions[0]?.complete).toBe(true);
  await unpinModel(layout);
  await removeRepo(layout.cacheDir, "acme/tiny");
  expect((await scanCache(layout.cacheDir)).repos).toEqual([]);
});

test("a pin whose ref is gone says so and still holds", async () => {
  const layout = await publishGolden(await tempDir());
  await pinModel(layout);
  await rm(layout.refsDir, { recursive: true });
  expect(await listPins(layout.cacheDir)).toMatchObject([{ revision: "main", commit: null }]);
});

test("a link planted among the records is not followed", async () => {
  const layout = await publishGolden(await tempDir());
  const outside = await tempDir();
  await symlink(outside, layout.recordsDir);
  expect(await codeOf(() => pinModel(layout))).toBe("cache/damaged");
  expect(await readdir(outside)).toEqual([]);
});

test("files that are no pins are passed over", async () => {
  const layout = await publishGolden(await tempDir());
  await pinModel(layout);
  await writeFile(join(layout.recordsDir, "pins", ".DS_Store"), "");
  expect(await listPins(layout.cacheDir)).toHaveLength(1);
});
