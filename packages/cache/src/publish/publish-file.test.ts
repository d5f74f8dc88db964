import {
  chmod,
  type FileHandle,
  copyFile,
  lstat,
  mkdir,
  open,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test, vi } from "vitest";
import { COMMIT, golden, stage } from "../../test/golden-model.ts";
import { codeOf } from "../../test/codes.ts";
import { blobPath, repoLayout, type RepoLayout } from "../names/layout.ts";
import { prepareRepo } from "./prepare-repo.ts";
import { publishFile } from "./publish-file.ts";
import { readRef, writeRef } from "../records/ref.ts";
import { writeTreeRecord } from "../records/tree-record.ts";

const CONFIG = golden("config.json").file;
const NOTES = golden("sub/dir/notes.txt").file;

async function prepared(): Promise<RepoLayout> {
  const layout = repoLayout(await tempDir(), "acme/tiny");
  await prepareRepo(layout);
  return layout;
}

async function publish(layout: RepoLayout, path: string, symlinks = true): Promise<string> {
  const entry = { commit: COMMIT, file: golden(path).file, from: await stage(layout, path) };
  return await publishFile(layout, entry, { symlinks });
}

test("a published file is a blob of its own name and a relative link to it", async () => {
  const layout = await prepared();
  const path = await publish(layout, "sub/dir/notes.txt");
  expect(path).toBe(join(layout.snapshotsDir, COMMIT, "sub/dir/notes.txt"));
  expect(await readlink(path)).toBe(`../../../../blobs/${NOTES.digest.hex}`);
  expect(await readFile(path, "utf8")).toBe("hello\n");
  expect(await readdir(layout.partialDir)).toEqual([]);
});

test("a blob gets the mode of any new file, whatever mode its partial data had", async () => {
  const layout = await prepared();
  await writeFile(join(layout.cacheDir, "probe"), "");
  const expected = (await stat(join(layout.cacheDir, "probe"))).mode;
  const path = await publish(layout, "config.json");
  expect((await stat(path)).mode).toBe(expected);
});

test("a blob that is there already only gets its link", async () => {
  const layout = await prepared();
  await publish(layout, "config.json");
  const other = "f".repeat(40);
  const path = await publishFile(layout, { commit: other, file: CONFIG }, { symlinks: true });
  expect(await readlink(path)).toBe(`../../blobs/${CONFIG.digest.hex}`);
});

test("publishing again changes nothing, and a wrong entry is replaced", async () => {
  const layout = await prepared();
  const path = await publish(layout, "config.json");
  expect(await publishFile(layout, { commit: COMMIT, file: CONFIG }, { symlinks: true })).toBe(
    path,
  );
  await rm(path);
  await symlink("../../blobs/gone", path);
  await publishFile(layout, { commit: COMMIT, file: CONFIG }, { symlinks: true });
  expect(await readlink(path)).toBe(`../../blobs/${CONFIG.digest.hex}`);
  await rm(path);
  await writeFile(path, "a copy");
  await publishFile(layout, { commit: COMMIT, file: CONFIG }, { symlinks: true });
  expect(await readlink(path)).toBe(`../../blobs/${CONFIG.digest.hex}`);
  expect(await readdir(layout.partialDir)).toEqual([]);
});

test("a blob that links into the shared store is replaced as a link, its payload is not touched", async () => {
  const layout = await prepared();
  const { file, content } = golden("model.safetensors");
  const store = join(layout.cacheDir, "blobs", "d5");
  const payload = join(store, file.xetHash ?? "");
  await mkdir(store, { recursive: true });
  await writeFile(payload, content);
  await chmod(payload, 0o444);
  await symlink(`../../blobs/d5/${file.xetHash}`, blobPath(layout, file.digest.hex));

  const linked = await publishFile(layout, { commit: COMMIT, file }, { symlinks: true });
  expect(await readFile(linked)).toEqual(content);
  expect((await lstat(blobPath(layout, file.digest.hex))).isSymbolicLink()).toBe(true);

  await publish(layout, "model.safetensors");
  expect((await lstat(blobPath(layout, file.digest.hex))).isFile()).toBe(true);
  expect((await lstat(payload)).mode & 0o777).toBe(0o444);
  expect(await readFile(payload)).toEqual(content);
});

test("without links a new file is moved into the snapshot and blobs stays empty", async () => {
  const layout = await prepared();
  const path = await publish(layout, "config.json", false);
  expect((await lstat(path)).isFile()).toBe(true);
  expect(await readdir(layout.blobsDir)).toEqual([]);
});

test("without links an existing blob is copied, also a read-only one of the shared store", async () => {
  const layout = await prepared();
  const { file, content } = golden("model.safetensors");
  const payload = join(layout.cacheDir, "payload");
  await writeFile(payload, content);
  await chmod(payload, 0o444);
  await symlink("../../payload", blobPath(layout, file.digest.hex));
  const path = await publishFile(layout, { commit: COMMIT, file }, { symlinks: false });
  expect((await lstat(path)).isFile()).toBe(true);
  expect((await lstat(path)).mode & 0o200).toBe(0o200);
  expect((await lstat(payload)).mode & 0o777).toBe(0o444);
  expect(await readFile(path)).toEqual(content);
  expect(await readdir(layout.partialDir)).toEqual([]);
});

test("a file of the wrong length is refused and nothing appears", async () => {
  const layout = await prepared();
  const from = join(layout.partialDir, "x.data");
  await writeFile(from, "too short");
  const entry = { commit: COMMIT, file: CONFIG, from };
  expect(await codeOf(() => publishFile(layout, entry, { symlinks: true }))).toBe(
    "cache/size-mismatch",
  );
  expect(await readdir(layout.blobsDir)).toEqual([]);
  expect(await readFile(from, "utf8")).toBe("too short");
});

test("an entry is not made for a blob that is absent or truncated", async () => {
  const layout = await prepared();
  const entry = { commit: COMMIT, file: CONFIG };
  for (const symlinks of [true, false]) {
    expect(await codeOf(() => publishFile(layout, entry, { symlinks }))).toBe("cache/not-found");
  }
  await writeFile(blobPath(layout, CONFIG.digest.hex), "");
  for (const symlinks of [true, false]) {
    expect(await codeOf(() => publishFile(layout, entry, { symlinks }))).toBe(
      "cache/size-mismatch",
    );
  }
  expect(await readdir(join(layout.snapshotsDir, COMMIT))).toEqual([]);
});

test("a partial file that is a link is refused: its target is not ours", async () => {
  const layout = await prepared();
  const outside = join(await tempDir(), "config.json");
  await writeFile(outside, golden("config.json").content, { mode: 0o600 });
  const from = join(layout.partialDir, "link.data");
  await symlink(outside, from);
  const entry = { commit: COMMIT, file: CONFIG, from };
  expect(await codeOf(() => publishFile(layout, entry, { symlinks: true }))).toBe("cache/damaged");
  expect((await stat(outside)).mode & 0o777).toBe(0o600);
});

test.each(["blobs", "snapshots", `snapshots/${COMMIT}`, `snapshots/${COMMIT}/sub`, ".partial"])(
  "a link planted at %s lets nothing be written outside",
  async (place) => {
    const layout = await prepared();
    const outside = await tempDir();
    const from = join(layout.cacheDir, "proved");
    await writeFile(from, golden("sub/dir/notes.txt").content);
    await rm(join(layout.repoDir, place), { recursive: true, force: true });
    await mkdir(join(layout.repoDir, place, ".."), { recursive: true });
    await symlink(outside, join(layout.repoDir, place));
    const entry = { commit: COMMIT, file: NOTES, from };
    for (const symlinks of [true, false]) {
      expect(await codeOf(() => publishFile(layout, entry, { symlinks }))).toBe("cache/damaged");
    }
    expect(await readdir(outside)).toEqual([]);
  },
);

test("a link planted at refs or trees lets nothing be written outside", async () => {
  const layout = await prepared();
  const outside = await tempDir();
  for (const place of [layout.refsDir, layout.treesDir]) {
    await rm(place, { recursive: true });
    await symlink(outside, place);
  }
  expect(await codeOf(() => writeRef(layout, "main", COMMIT))).toBe("cache/damaged");
  expect(await codeOf(() => writeTreeRecord(layout, COMMIT, [CONFIG]))).toBe("cache/damaged");
  expect(await codeOf(() => prepareRepo(layout))).toBe("cache/damaged");
  expect(await readdir(outside)).toEqual([]);
});

test("a file where a folder belongs, or a folder where a file belongs, is damage", async () => {
  const layout = await prepared();
  const snapshot = join(layout.snapshotsDir, COMMIT);
  await mkdir(join(snapshot, "config.json"), { recursive: true });
  await writeFile(join(snapshot, "sub"), "");
  for (const symlinks of [true, false]) {
    const work = (path: string) => () => publish(layout, path, symlinks);
    expect(await codeOf(work("config.json"))).toBe("cache/damaged");
    expect(await codeOf(work("sub/dir/notes.txt"))).toBe("cache/damaged");
  }
});

test("unsound descriptions are refused before anything is touched", async () => {
  const layout = await prepared();
  const work = (change: object, commit = COMMIT) =>
    codeOf(() =>
      publishFile(layout, { commit, file: { ...CONFIG, ...change } }, { symlinks: true }),
    );
  expect(await work({ path: "../../../evil" })).toBe("cache/unsafe-path");
  expect(await work({ digest: { algorithm: "sha256", hex: "../../../evil" } })).toBe(
    "cache/invalid-digest",
  );
  expect(await work({ blobId: "a".repeat(40) })).toBe("cache/invalid-digest");
  expect(await work({ xetHash: "*".repeat(64) })).toBe("cache/invalid-digest");
  expect(await work({ size: -5 })).toBe("cache/size-mismatch");
  expect(await work({}, "../main")).toBe("cache/invalid-revision");
  expect(await readdir(layout.snapshotsDir)).toEqual([]);
});

test("the cache root and the repo folder may be links to another place", async () => {
  const elsewhere = await tempDir();
  const root = join(await tempDir(), "hub");
  await symlink(elsewhere, root);
  await mkdir(join(elsewhere, "disk"));
  await symlink("disk", join(elsewhere, "models--acme--tiny"));
  const layout = repoLayout(root, "acme/tiny");
  await prepareRepo(layout);
  const path = await publish(layout, "config.json");
  expect(await readFile(path)).toEqual(golden("config.json").content);
  expect(await readdir(join(elsewhere, "disk", "blobs"))).toEqual([CONFIG.digest.hex]);
});

test("preparing a repo tags the cache root once and keeps a tag that is there", async () => {
  const layout = await prepared();
  const tag = await readFile(join(layout.cacheDir, "CACHEDIR.TAG"), "utf8");
  expect(tag.split("\n")[0]).toBe("Signature: 8a477f597d28d172789f06886806bc55");
  expect((await readdir(layout.cacheDir)).toSorted()).toEqual([
    ".locks",
    "CACHEDIR.TAG",
    "models--acme--tiny",
  ]);
  await writeFile(join(layout.cacheDir, "CACHEDIR.TAG"), "mine");
  await prepareRepo(repoLayout(layout.cacheDir, "acme/other"));
  expect(await readFile(join(layout.cacheDir, "CACHEDIR.TAG"), "utf8")).toBe("mine");
});

test("preparing restores folders that were removed meanwhile", async () => {
  const layout = await prepared();
  await rm(layout.repoDir, { recursive: true });
  await prepareRepo(layout);
  await copyFile(join(layout.cacheDir, "CACHEDIR.TAG"), join(layout.blobsDir, "x"));
  expect(await readdir(layout.blobsDir)).toEqual(["x"]);
});

test("preparing sweeps temporary files of killed runs, and nothing else", async () => {
  const layout = await prepared();
  const data = `${CONFIG.digest.hex}.data`;
  const [old, fresh] = [`${data}.0123abcd.tmp`, `${"1".repeat(16)}.tmp`];
  for (const name of [old, fresh, data]) await writeFile(join(layout.partialDir, name), "");
  for (const name of [old, data]) await utimes(join(layout.partialDir, name), 1, 1);
  await prepareRepo(layout);
  expect((await readdir(layout.partialDir)).toSorted()).toEqual([fresh, data].toSorted());
});

test("a ref is exactly the hash, and is replaced in one step only when it differs", async () => {
  const layout = await prepared();
  await writeRef(layout, "refs/pr/1", COMMIT);
  const path = join(layout.refsDir, "refs/pr/1");
  expect(await readFile(path, "utf8")).toBe(COMMIT);
  expect(await readRef(layout, "refs/pr/1")).toBe(COMMIT);
  const before = (await stat(path)).ino;
  await writeRef(layout, "refs/pr/1", COMMIT);
  expect((await stat(path)).ino).toBe(before);
  await writeFile(path, `${COMMIT}\n`);
  expect(await readRef(layout, "refs/pr/1")).toBe(COMMIT);
  await writeRef(layout, "refs/pr/1", COMMIT);
  expect(await readFile(path, "utf8")).toBe(COMMIT);
  expect(await readdir(layout.partialDir)).toEqual([]);
});

test("a commit needs no ref, and a ref that holds no hash is none", async () => {
  const layout = await prepared();
  await writeRef(layout, COMMIT, COMMIT);
  expect(await readdir(layout.refsDir)).toEqual([]);
  await writeFile(join(layout.refsDir, "main"), "0123456");
  expect(await readRef(layout, "main")).toBeUndefined();
  expect(await readRef(layout, "other")).toBeUndefined();
  expect(await codeOf(() => writeRef(layout, "main", "0123456"))).toBe("cache/invalid-revision");
});

test("a ref that is a link is replaced, and its target stays unchanged", async () => {
  const layout = await prepared();
  const outside = join(await tempDir(), "file");
  await writeFile(outside, "precious");
  await symlink(outside, join(layout.refsDir, "main"));
  await writeRef(layout, "main", COMMIT);
  expect(await readFile(outside, "utf8")).toBe("precious");
  expect((await lstat(join(layout.refsDir, "main"))).isFile()).toBe(true);
});

test.each([true, false])(
  "the bytes are on the disk before the file has its name (links: %s), and the name before it is told",
  async (symlinks) => {
    const layout = await prepared();
    const from = await stage(layout, "config.json");
    const target = symlinks
      ? blobPath(layout, CONFIG.digest.hex)
      : join(layout.snapshotsDir, COMMIT, "config.json");
    // Observes Node's own call: which file is synced, and which file has its name by then.
    const probe = await open(from);
    const handle = Object.getPrototypeOf(probe) as FileHandle;
    const { ino } = await probe.stat();
    await probe.close();
    const synced: string[] = [];
    const sync: (this: FileHandle) => Promise<void> = Reflect.get(handle, "sync");
    vi.spyOn(handle, "sync").mockImplementation(async function (this: FileHandle) {
      const stats = await this.stat();
      const named = await lstat(target).catch(() => undefined);
      if (stats.ino === ino) synced.push(named === undefined ? "file, unnamed" : "file, named");
      else if (stats.isDirectory() && named !== undefined) synced.push("folder, named");
      await sync.call(this);
    });
    onTestFinished(() => void vi.restoreAllMocks());
    await publishFile(layout, { commit: COMMIT, file: CONFIG, from }, { symlinks });
    expect(synced[0]).toBe("file, unnamed");
    expect(synced.filter((one) => one === "folder, named").length).toBeGreaterThanOrEqual(1);
  },
);

test("a ref's bytes are on the disk before it has its name", async () => {
  const layout = await prepared();
  const probe = await open(layout.cacheDir);
  const handle = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const sync: (this: FileHandle) => Promise<void> = Reflect.get(handle, "sync");
  const order: boolean[] = [];
  vi.spyOn(handle, "sync").mockImplementation(async function (this: FileHandle) {
    const isFile = (await this.stat()).isFile();
    order.push(isFile === ((await readRef(layout, "main")) === undefined));
    await sync.call(this);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  await writeRef(layout, "main", COMMIT);
  expect(order).toEqual([true, true]);
});

test("a folder in the place of a blob is no blob", async () => {
  const layout = await prepared();
  await mkdir(blobPath(layout, CONFIG.digest.hex));
  const entry = { commit: COMMIT, file: CONFIG };
  for (const symlinks of [true, false]) {
    expect(await codeOf(() => publishFile(layout, entry, { symlinks }))).toBe("cache/damaged");
  }
});

test("the name of a link is on the disk when it is told", async () => {
  const layout = await prepared();
  await publish(layout, "config.json");
  const commit = "f".repeat(40);
  const folder = join(layout.snapshotsDir, commit);
  const probe = await open(layout.cacheDir);
  const handle = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const sync: (this: FileHandle) => Promise<void> = Reflect.get(handle, "sync");
  const named: boolean[] = [];
  vi.spyOn(handle, "sync").mockImplementation(async function (this: FileHandle) {
    const stats = await this.stat();
    const there = await stat(folder).catch(() => undefined);
    if (stats.ino === there?.ino) named.push((await readdir(folder)).includes("config.json"));
    await sync.call(this);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  await publishFile(layout, { commit, file: CONFIG }, { symlinks: true });
  expect(named).toContain(true);
});
