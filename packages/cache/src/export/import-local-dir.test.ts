import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, FILES, GOLDEN } from "../../test/golden-model.ts";
import { repoLayout } from "../names/layout.ts";
import { localDirPaths, localPartialPaths } from "../names/local-dir.ts";
import { formatLocalMetadata } from "../records/local-metadata.ts";
import { writeLocalTreeRecord } from "../records/local-tree-record.ts";
import { publishLocalFile } from "../publish/publish-local-file.ts";
import { readRef } from "../records/ref.ts";
import { scanCache } from "../scan/scan-cache.ts";
import { snapshotStatus } from "../scan/snapshot-status.ts";
import { readTreeRecord } from "../records/tree-record.ts";
import { importFolder } from "./import-model.ts";

const AS = { repoId: "acme/tiny" };

async function filledFolder({ listed }: { listed: boolean }): Promise<string> {
  const folder = await tempDir();
  for (const { file, content } of GOLDEN) {
    const { data } = localPartialPaths(folder, file.digest.hex);
    await mkdir(dirname(data), { recursive: true });
    await writeFile(data, content);
    await publishLocalFile(folder, { commit: COMMIT, file, from: data });
  }
  if (listed) await writeLocalTreeRecord(folder, COMMIT, FILES);
  return folder;
}

test("a folder that --local-dir filled comes into the cache under the name that is given", async () => {
  const folder = await filledFolder({ listed: true });
  // A file of an older commit, which that of today does not have.
  const old = localDirPaths(folder, "old.json");
  await writeFile(old.file, "{}");
  await writeFile(
    old.metadata,
    formatLocalMetadata({ commit: "0".repeat(40), etag: "1".repeat(40), timestamp: 1 }),
  );
  const cacheDir = await tempDir();
  const layout = repoLayout(cacheDir, "acme/tiny");
  expect(await importFolder(cacheDir, folder, { as: AS })).toMatchObject({
    commit: COMMIT,
    files: FILES.length,
    ref: "main",
  });
  expect((await snapshotStatus(layout, COMMIT)).status).toBe("complete");
  expect(await readRef(layout, "main")).toBe(COMMIT);
});

test("without a listing nothing claims that the snapshot is all of the commit", async () => {
  const folder = await filledFolder({ listed: false });
  const cacheDir = await tempDir();
  await importFolder(cacheDir, folder, { as: { ...AS, revision: "v1" } });
  const layout = repoLayout(cacheDir, "acme/tiny");
  expect(await readTreeRecord(layout, COMMIT)).toBeUndefined();
  expect(await readRef(layout, "v1")).toBe(COMMIT);
});

test("a folder with a changed file, or without a name, is refused and leaves nothing", async () => {
  const folder = await filledFolder({ listed: true });
  const cacheDir = await tempDir();
  expect(await codeOf(() => importFolder(cacheDir, folder))).toBe("cache/bad-archive");
  await writeFile(join(folder, "sub/dir/notes.txt"), "Hello\n");
  expect(await codeOf(() => importFolder(cacheDir, folder, { as: AS }))).toBe(
    "cache/digest-mismatch",
  );
  expect((await scanCache(cacheDir)).repos).toEqual([]);
  await rm(join(folder, "sub/dir/notes.txt"));
  expect(await importFolder(cacheDir, folder, { as: AS })).toMatchObject({ ref: "main" });
});
