import { createReadStream } from "node:fs";
import { access, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  applyRemoval,
  exportTar,
  importFolder,
  importTar,
  listPins,
  pinModel,
  planPrune,
  planRemoval,
  repoLayout,
  scanCache,
  snapshotStatus,
  unpinModel,
  verifyCache,
} from "@mlx-download/cache";
import { prepareRepo, publishFile, writeRef, writeTreeRecord } from "@mlx-download/cache/writing";
import { run, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { COMMIT, FILES, golden, publishGolden, stage } from "./golden-model.ts";

const NAME = "acme/tiny";

/** The head of an AppleDouble file: magic, version 2, the filler that macOS writes, no entry (RFC 1740, appendix B). */
const APPLE_DOUBLE = Buffer.from("0005160700020000".padEnd(52, "0"), "hex");

/** Leaves in a folder and all below it what a Mac leaves on a disk without extended attributes. */
async function litter(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  await writeFile(join(folder, ".DS_Store"), "Bud1");
  for (const entry of entries) {
    await writeFile(join(entry.parentPath, `._${entry.name}`), APPLE_DOUBLE);
    if (entry.isDirectory())
      await writeFile(join(entry.parentPath, entry.name, ".DS_Store"), "Bud1");
  }
}

test("a cache that a Mac kept on an exFAT disk is as sound as before", async () => {
  const cacheDir = await tempDir();
  const layout = await publishGolden(cacheDir);
  await pinModel(layout, "main");
  await litter(cacheDir);
  for (const name of [".Spotlight-V100", ".fseventsd", ".Trashes"]) {
    await writeFile(join(cacheDir, name), "");
  }
  const { repos, findings } = await scanCache(cacheDir);
  expect([...findings, ...repos.flatMap((repo) => repo.findings)]).toEqual([]);
  expect(repos.map(({ revisions }) => revisions.map(({ files }) => files))).toEqual([
    [FILES.length],
  ]);
  expect((await snapshotStatus(layout, COMMIT)).status).toBe("complete");
  expect(await verifyCache([{ layout }])).toMatchObject({ bad: [], missing: [], unproven: [] });
  expect((await listPins(cacheDir)).map(({ revision }) => revision)).toEqual(["main"]);
  expect((await planPrune(cacheDir)).repos).toEqual([]);
  await unpinModel(layout, "main");
  await applyRemoval(await planRemoval(cacheDir, [{ repoId: NAME }]));
  await expect(access(layout.repoDir)).rejects.toThrow("ENOENT");
});

test("a snapshot that nobody recorded has no file of a Mac among its files", async () => {
  const layout = await publishGolden(await tempDir());
  await rm(layout.treesDir, { recursive: true });
  await litter(layout.repoDir);
  expect(await verifyCache([{ layout }])).toMatchObject({ bad: [], missing: [], unproven: [] });
  const [repo] = (await scanCache(layout.cacheDir)).repos;
  expect(repo?.revisions[0]?.files).toBe(FILES.length);
});

test.each([".DS_Store", "._config.json"])(
  "%s in the repo itself is one of its files, and prune keeps it",
  async (path) => {
    const cacheDir = await tempDir();
    const layout = repoLayout(cacheDir, NAME);
    await prepareRepo(layout);
    const { file } = golden("config.json");
    const from = await stage(layout, "config.json");
    await publishFile(layout, { commit: COMMIT, file: { ...file, path }, from });
    await writeTreeRecord(layout, COMMIT, [{ ...file, path }]);
    await writeRef(layout, "main", COMMIT);
    const [repo] = (await scanCache(cacheDir)).repos;
    expect(repo?.revisions[0]?.files).toBe(1);
    expect(repo?.findings).toEqual([]);
    await applyRemoval(await planPrune(cacheDir, { graceMs: 0 }));
    expect((await snapshotStatus(layout, COMMIT)).status).toBe("complete");
  },
);

test("an archive that a Mac's tar packed is imported, its ._ files left out", async () => {
  const layout = await publishGolden(await tempDir());
  const folder = await tempDir();
  const archive = join(folder, "model.tar");
  await writeFile(archive, exportTar(layout, { revision: "main", commit: COMMIT }));
  expect((await run("tar", ["-xf", archive], { cwd: folder })).code).toBe(0);
  const name = "models--acme--tiny";
  await litter(folder);
  // bsdtar puts the ._ file right before the file that it belongs to, the folder's first of all.
  const names = [`._${name}`];
  for (const path of [".mlx-download.json", ...FILES.map((file) => file.path)]) {
    names.push(join(name, path, "..", `._${path.split("/").at(-1)}`), join(name, path));
  }
  const mac = join(folder, "mac.tar");
  const packed = await run("tar", ["-cf", mac, ...names], { cwd: folder });
  expect(packed.stderr).toBe("");
  for (const bring of [
    (cacheDir: string) => importTar(cacheDir, createReadStream(mac)),
    (cacheDir: string) => importFolder(cacheDir, join(folder, name)),
  ]) {
    const cacheDir = await tempDir();
    expect(await bring(cacheDir)).toMatchObject({ files: FILES.length, complete: true });
    const other = repoLayout(cacheDir, NAME);
    const paths = await readdir(other.repoDir, { recursive: true });
    expect(paths.filter((path) => path.includes("._"))).toEqual([]);
  }
});
