import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, FILES, golden, publishGolden, stage } from "../../test/golden-model.ts";
import type { CopyEvent } from "../disk/copy-meter.ts";
import { digestFile } from "../digest/digest.ts";
import { blobPath, lockPath, partialPaths, repoLayout, type RepoLayout } from "../names/layout.ts";
import { tryLock } from "../lock/lock.ts";
import { pinModel, repoPins } from "../records/pin.ts";
import { scanCache } from "../scan/scan-cache.ts";
import { snapshotStatus } from "../scan/snapshot-status.ts";
import { lastUses, recordUse } from "../records/use-record.ts";
import { listViews, recordView } from "../records/view-record.ts";
import { moveCache } from "./move-cache.ts";
import { moveRepo } from "./move-repo.ts";

const MODEL = golden("model.safetensors").file;
const OTHER = "89abcdef0123456789abcdef0123456789abcdef";
const SCRIPT = fileURLToPath(new URL("../../test/move-and-die.ts", import.meta.url));

async function expectWhole(layout: RepoLayout): Promise<void> {
  expect(await snapshotStatus(layout, COMMIT)).toMatchObject({ status: "complete" });
  for (const { digest } of FILES) {
    const found = await digestFile(blobPath(layout, digest.hex), digest.algorithm);
    expect(found.hex).toBe(digest.hex);
  }
}

test("a model moves to another cache with all that is known of it, and is found where it was", async () => {
  const layout = await publishGolden(await tempDir());
  await pinModel(layout);
  await recordUse(layout, COMMIT, { at: 1_500_000_000_000 });
  await writeFile(partialPaths(layout, "0".repeat(40)).data, "paid for");
  const disk = join(await tempDir(), "disk");
  const target = repoLayout(disk, "acme/tiny");
  expect(await moveRepo(layout, disk)).toEqual({
    repoId: "acme/tiny",
    path: target.repoDir,
    link: layout.repoDir,
  });
  expect(await readlink(layout.repoDir)).toBe(target.repoDir);
  for (const place of [layout, target]) {
    await expectWhole(place);
    expect((await repoPins(place)).map(({ revision }) => revision)).toEqual(["main"]);
    expect((await lastUses(place)).get(COMMIT)).toBe(1_500_000_000_000);
    expect(await readFile(partialPaths(place, "0".repeat(40)).data, "utf8")).toBe("paid for");
  }
  expect(await readlink(join(target.snapshotsDir, COMMIT, "config.json"))).toMatch(
    /^\.\.\/\.\.\/blobs\//,
  );
  expect((await scanCache(disk)).findings).toEqual([]);
  expect((await readdir(disk)).toSorted()).toEqual([
    ".locks",
    "CACHEDIR.TAG",
    "models--acme--tiny",
  ]);
  expect(await moveRepo(layout, disk)).toMatchObject({ link: layout.repoDir });
  // And back, to where the link is.
  expect(await moveRepo(target, layout.cacheDir)).toMatchObject({
    path: layout.repoDir,
    link: null,
  });
  await expectWhole(layout);
  expect((await lstat(layout.repoDir)).isDirectory()).toBe(true);
  expect(await readdir(disk)).not.toContain("models--acme--tiny");
});

test("a move reports its progress, and does not count files of an earlier run again", async () => {
  const layout = await publishGolden(await tempDir());
  const target = join(await tempDir(), "disk");
  const stop = new AbortController();
  const signal = stop.signal;
  const first = moveRepo(layout, target, { signal, onEvent: () => stop.abort(new Error("no")) });
  await expect(first).rejects.toThrow("no");
  const events: CopyEvent[] = [];
  await moveRepo(layout, target, { onEvent: (event) => void events.push(event) });
  const [started, last] = [events[0], events.at(-1)];
  expect(started).toMatchObject({ type: "copy-started", repoId: "acme/tiny" });
  expect(started?.bytes).toBeGreaterThan(186);
  expect(last).toMatchObject({
    type: "copy-progress",
    filesDone: started?.files,
    bytesDone: started?.bytes,
  });
});

test("a view by hard links has bytes of its own once its model has moved", async () => {
  const layout = await publishGolden(await tempDir());
  const path = join(await tempDir(), "view");
  await recordView(layout, { path, commit: COMMIT, method: "hard-link", createdAt: 1 });
  await mkdir(path);
  const disk = await tempDir();
  await moveRepo(layout, disk);
  expect(await listViews(layout)).toMatchObject([{ path, method: "copy" }]);
  await recordView(layout, { path, commit: COMMIT, method: "hard-link", createdAt: 1 });
  await moveCache(disk, join(await tempDir(), "hub"));
  expect(await listViews(layout)).toMatchObject([{ path, method: "copy" }]);
});

test("a payload of the shared store becomes a file of the moved repo", async () => {
  const layout = await publishGolden(await tempDir());
  const payload = join(layout.cacheDir, "blobs", "d5", MODEL.xetHash ?? "");
  await mkdir(join(payload, ".."), { recursive: true });
  await rename(blobPath(layout, MODEL.digest.hex), payload);
  await symlink(`../../blobs/d5/${MODEL.xetHash}`, blobPath(layout, MODEL.digest.hex));
  const disk = await tempDir();
  await moveRepo(layout, disk);
  const blob = await lstat(blobPath(repoLayout(disk, "acme/tiny"), MODEL.digest.hex));
  expect([blob.isFile(), blob.size]).toEqual([true, MODEL.size]);
  expect((await lstat(payload)).isFile()).toBe(true);
});

test("a damaged blob stops the move, and nothing has changed", async () => {
  const layout = await publishGolden(await tempDir());
  await writeFile(blobPath(layout, golden("README.md").file.digest.hex), "# tyni\n");
  const disk = await tempDir();
  expect(await codeOf(() => moveRepo(layout, disk))).toBe("cache/digest-mismatch");
  expect((await lstat(layout.repoDir)).isDirectory()).toBe(true);
  expect(await readdir(disk)).not.toContain("models--acme--tiny");
});

test("a target that is taken or nested, and a repo that is absent or downloading, is refused", async () => {
  const layout = await publishGolden(await tempDir());
  const other = await publishGolden(await tempDir(), { commit: OTHER });
  expect(await codeOf(() => moveRepo(layout, other.cacheDir))).toBe("cache/exists");
  expect(await codeOf(() => moveRepo(layout, join(layout.repoDir, "in")))).toBe("cache/exists");
  expect(await codeOf(() => moveCache(layout.cacheDir, other.cacheDir))).toBe("cache/exists");
  expect(await codeOf(() => moveCache(layout.cacheDir, join(layout.cacheDir, "in")))).toBe(
    "cache/exists",
  );
  const none = repoLayout(layout.cacheDir, "acme/none");
  const disk = await tempDir();
  expect(await codeOf(() => moveRepo(none, disk))).toBe("cache/not-found");
  await stage(layout, MODEL.path);
  const lock = await tryLock(lockPath(layout, MODEL.digest.hex));
  expect(await codeOf(() => moveRepo(layout, disk))).toBe("cache/locked");
  expect(await codeOf(() => moveCache(layout.cacheDir, join(disk, "c")))).toBe("cache/locked");
  await lock?.release();
  await moveRepo(layout, disk);
  await expectWhole(repoLayout(disk, "acme/tiny"));
});

test("a whole cache moves with its shared store, and is found where it was", async () => {
  const cacheDir = join(await tempDir(), "hub");
  const layout = await publishGolden(cacheDir);
  await publishGolden(cacheDir, { repoId: "acme/other", commit: OTHER });
  const payload = join(cacheDir, "blobs", "d5", MODEL.xetHash ?? "");
  await mkdir(join(payload, ".."), { recursive: true });
  await writeFile(join(cacheDir, "blobs", ".huggingface-shared-blobs"), "1\n");
  await rename(blobPath(layout, MODEL.digest.hex), payload);
  await symlink(`../../blobs/d5/${MODEL.xetHash}`, blobPath(layout, MODEL.digest.hex));
  const { sizeOnDisk } = await scanCache(cacheDir);
  const disk = join(await tempDir(), "deep", "hub");
  expect(await moveCache(cacheDir, disk)).toEqual({ path: disk, link: cacheDir });
  expect(await readlink(cacheDir)).toBe(disk);
  for (const place of [cacheDir, disk]) {
    const scan = await scanCache(place);
    expect(scan).toMatchObject({ sizeOnDisk, findings: [] });
    expect(scan.repos.flatMap(({ findings }) => findings)).toEqual([]);
  }
  await expectWhole(repoLayout(disk, "acme/tiny"));
  expect(await readdir(join(disk, ".."))).toEqual(["hub"]);
  expect(await readdir(join(cacheDir, ".."))).toEqual(["hub"]);
});

test.each(["repo", "cache"])(
  "a move of a %s that is killed again and again loses nothing and ends",
  async (what) => {
    const parent = await tempDir();
    const cacheDir = join(parent, "hub");
    const layout = await publishGolden(cacheDir);
    const disk = join(parent, "disk");
    // After so many file operations the process is gone, at whatever step that is.
    for (let steps = 5, ended = false; !ended; steps += 13) {
      const args = [
        "--conditions=@mlx-download/source",
        SCRIPT,
        what,
        cacheDir,
        disk,
        String(steps),
      ];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
      onTestFinished(() => void child.kill("SIGKILL"));
      const [code] = (await once(child, "close")) as [number | null];
      ended = code === 0;
      const moved = repoLayout(disk, "acme/tiny");
      const places = await Promise.all(
        [layout, moved].map(async (place) => (await snapshotStatus(place, COMMIT)).status),
      );
      if (!places.includes("complete")) {
        // Between two renames the original stands aside. The next run continues from there.
        const names = [
          ...(await readdir(parent)),
          ...(await readdir(layout.locksDir).catch(() => [])),
        ];
        expect(
          names.some((name) => /moved-/.test(name)),
          `after ${steps} steps`,
        ).toBe(true);
      }
    }
    await expectWhole(layout);
    await expectWhole(repoLayout(disk, "acme/tiny"));
    expect((await lstat(what === "repo" ? layout.repoDir : cacheDir)).isSymbolicLink()).toBe(true);
  },
);
