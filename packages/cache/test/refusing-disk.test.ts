import { chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  cacheLocations,
  digestFile,
  removeRepo,
  repoLayout,
  scanCache,
  supportsSymlinks,
  type RepoLayout,
} from "@mlx-download/cache";
import {
  prepareLocalDir,
  prepareRepo,
  publishFile,
  tryLock,
  writeRef,
  writeTreeRecord,
} from "@mlx-download/cache/writing";
import { becomeOrdinaryUser, run, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { codeOf } from "./codes.ts";
import { COMMIT, FILES, golden, publishGolden, stage } from "./golden-model.ts";

/** No passwd file has it. */
const UNKNOWN_USER = 4_242_424;
const isRoot = process.geteuid?.() === 0;
const canMount = process.platform === "linux" && isRoot;
if (!canMount)
  process.stderr.write("skipped: a full disk needs root on Linux (to mount a small tmpfs)\n");

async function readOnlyCache(): Promise<RepoLayout> {
  const layout = await publishGolden(await tempDir());
  await stage(layout, "config.json");
  const folders = await readdir(layout.cacheDir, { recursive: true, withFileTypes: true });
  const paths = folders
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const path of [layout.cacheDir, ...paths]) await chmod(path, 0o555);
  onTestFinished(async () => {
    for (const path of [layout.cacheDir, ...paths]) await chmod(path, 0o755);
  });
  return layout;
}

test("a cache that this user may not write is named as such, whatever was tried", async () => {
  const layout = await readOnlyCache();
  const from = join(layout.partialDir, `${golden("config.json").file.digest.hex}.data`);
  const { file } = golden("config.json");
  await becomeOrdinaryUser(layout.cacheDir);
  const attempts = [
    () => prepareRepo(repoLayout(layout.cacheDir, "acme/other")),
    () => publishFile(layout, { commit: COMMIT, file, from }, { symlinks: true }),
    () => publishFile(layout, { commit: "f".repeat(40), file }, { symlinks: true }),
    () => writeRef(layout, "next", COMMIT),
    () => writeTreeRecord(layout, COMMIT, FILES),
    () => tryLock(join(layout.locksDir, `${"a".repeat(40)}.lock`)),
    () => supportsSymlinks(layout.cacheDir, {}),
    () => removeRepo(layout.cacheDir, "acme/tiny"),
  ];
  for (const attempt of attempts) expect(await codeOf(attempt)).toBe("cache/not-writable");
  expect((await scanCache(layout.cacheDir)).repos[0]?.revisions[0]?.complete).toBe(true);
});

test("a file that this user may not read is named as such", async () => {
  const path = join(await tempDir(), "file");
  await writeFile(path, "x");
  await chmod(path, 0o000);
  await becomeOrdinaryUser(join(path, ".."));
  expect(await codeOf(() => digestFile(path, "sha256"))).toBe("cache/not-readable");
});

test.skipIf(!canMount)(
  "a full disk is named as such, and nothing half written is in place",
  async () => {
    const cacheDir = await tempDir();
    await run("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", cacheDir]);
    onTestFinished(async () => {
      await run("umount", [cacheDir]);
    });
    const layout = repoLayout(cacheDir, "acme/tiny");
    await prepareRepo(layout);
    const from = await stage(layout, "config.json");
    await writeFile(join(layout.partialDir, "filler"), Buffer.alloc(1 << 20)).catch(() => {});
    const files = Array.from({ length: 100 }, (_, n) => ({
      ...golden("README.md").file,
      path: `${n}`,
    }));
    expect(await codeOf(() => writeTreeRecord(layout, COMMIT, files))).toBe("cache/disk-full");
    expect(await codeOf(() => writeRef(layout, "main", COMMIT))).toBe("cache/disk-full");
    expect(await readdir(layout.treesDir)).toEqual([]);
    expect(await readdir(layout.refsDir)).toEqual([]);
    // What is verified still finds its place: a rename needs no space.
    const { file } = golden("config.json");
    await publishFile(layout, { commit: COMMIT, file, from }, { symlinks: true });
    expect(await readdir(layout.blobsDir)).toEqual([file.digest.hex]);
  },
);

test.skipIf(!canMount)(
  "a read-only file system is named as such, also for a first repo",
  async () => {
    const disk = await tempDir();
    await run("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", disk]);
    onTestFinished(async () => {
      await run("umount", [disk]);
    });
    const layout = repoLayout(join(disk, "hf", "hub"), "acme/tiny");
    for (const attempt of [
      () => prepareRepo(layout),
      () => supportsSymlinks(layout.cacheDir, {}),
      () => tryLock(join(layout.locksDir, "a.lock")),
      () => prepareLocalDir(join(disk, "model")),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        code: "cache/not-writable",
        message: expect.stringContaining("read-only"),
      });
    }
  },
);

test.skipIf(!canMount)("a file system without inodes is told apart from a full one", async () => {
  const cacheDir = await tempDir();
  await run("mount", ["-t", "tmpfs", "-o", "size=16m,nr_inodes=30", "tmpfs", cacheDir]);
  onTestFinished(async () => {
    await run("umount", [cacheDir]);
  });
  const layout = repoLayout(cacheDir, "acme/tiny");
  await prepareRepo(layout);
  for (let n = 0; n < 40; n += 1) await writeFile(join(cacheDir, `${n}`), "").catch(() => {});
  await expect(writeRef(layout, "main", COMMIT)).rejects.toMatchObject({
    code: "cache/disk-full",
    message: expect.stringContaining("inodes"),
  });
});

test.skipIf(!isRoot || process.platform === "win32")(
  "a user without a home folder has a cache by HF_HOME, and is told of it else",
  () => {
    const { HOME } = process.env;
    delete process.env["HOME"];
    process.seteuid?.(UNKNOWN_USER);
    onTestFinished(() => {
      process.seteuid?.(0);
      if (HOME !== undefined) process.env["HOME"] = HOME;
    });
    expect(cacheLocations({ HF_HOME: "/hf" })).toMatchObject({
      hubCache: "/hf/hub",
      tokenFile: "/hf/token",
    });
    expect(cacheLocations({ XDG_CACHE_HOME: "/xdg" }).hfHome).toBe("/xdg/huggingface");
    expect(cacheLocations({ HF_HOME: "/hf" }, { cacheDir: "/mine" }).hubCache).toBe("/mine");
    for (const env of [{}, { HF_HOME: "~/hf" }]) {
      expect(() => cacheLocations(env)).toThrow(
        expect.objectContaining({
          code: "cache/no-home",
          hint: expect.stringContaining("HF_HOME"),
        }),
      );
    }
  },
);
