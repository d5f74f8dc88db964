import { chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { becomeOrdinaryUser, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { COMMIT, publishGolden } from "../../test/golden-model.ts";
import { repoLayout } from "../names/layout.ts";
import { scanCache } from "../scan/scan-cache.ts";
import { lastUses, recordUse } from "./use-record.ts";

const OTHER = "89abcdef0123456789abcdef0123456789abcdef";

test("the last use of each commit is remembered, and the cache looks as before to others", async () => {
  const layout = await publishGolden(await tempDir());
  await publishGolden(layout.cacheDir, { commit: OTHER, revision: null });
  expect((await lastUses(layout)).size).toBe(0);
  await recordUse(layout, COMMIT, { at: 1_000_000_000_123 });
  await recordUse(layout, OTHER, { at: 1_100_000_000_000 });
  expect(await recordUse(layout, COMMIT, { at: 1_200_000_000_000 })).toBe(true);
  expect(Object.fromEntries(await lastUses(layout))).toEqual({
    [COMMIT]: 1_200_000_000_000,
    [OTHER]: 1_100_000_000_000,
  });
  expect((await scanCache(layout.cacheDir)).repos[0]?.findings).toEqual([]);
});

test("many at once leave one record", async () => {
  const layout = await publishGolden(await tempDir());
  const noted = await Promise.all(Array.from({ length: 20 }, () => recordUse(layout, COMMIT)));
  expect(new Set(noted)).toEqual(new Set([true]));
  expect(await readdir(join(layout.recordsDir, "used"))).toEqual([COMMIT]);
});

test("a use that is absent or cannot be written is not recorded and does not fail", async () => {
  const layout = await publishGolden(await tempDir());
  expect(await recordUse(layout, OTHER)).toBe(false);
  expect(await recordUse(repoLayout(layout.cacheDir, "acme/none"), COMMIT)).toBe(false);
  expect(await readdir(layout.cacheDir)).not.toContain("models--acme--none");
  await writeFile(layout.recordsDir, "in the way");
  expect(await recordUse(layout, COMMIT)).toBe(false);
});

test("a read-only cache serves its models all the same", async () => {
  const layout = await publishGolden(await tempDir());
  await chmod(layout.repoDir, 0o555);
  await becomeOrdinaryUser(layout.cacheDir);
  expect(await recordUse(layout, COMMIT)).toBe(false);
  await chmod(layout.repoDir, 0o755);
});

test("a time ahead of the clock counts as now, and foreign names as nothing", async () => {
  const layout = await publishGolden(await tempDir());
  await recordUse(layout, COMMIT, { at: Date.now() + 1e9 });
  await mkdir(join(layout.recordsDir, "used", OTHER));
  await writeFile(join(layout.recordsDir, "used", "notes.txt"), "");
  const uses = await lastUses(layout);
  expect([...uses.keys()]).toEqual([COMMIT]);
  expect(uses.get(COMMIT)).toBeLessThanOrEqual(Date.now());
});

test("nothing is written through a planted link", async () => {
  const layout = await publishGolden(await tempDir());
  const outside = await tempDir();
  await symlink(outside, layout.recordsDir);
  expect(await recordUse(layout, COMMIT)).toBe(false);
  expect(await readdir(outside)).toEqual([]);
});
