import { open, readdir, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, FILES, golden, publishGolden, stage } from "../../test/golden-model.ts";
import { contentOf, LARGE_COMMIT, writeModel } from "../../test/large-model.ts";
import { blobPath, snapshotPath, treePath } from "../names/layout.ts";
import { publishLocalFile } from "../publish/publish-local-file.ts";
import { readProofRecord, repoProofs } from "../records/proof-record.ts";
import { makeView } from "../view/make-view.ts";
import { verifyCache } from "./verify-cache.ts";
import { verifyLocalDir } from "./verify-local-dir.ts";
import type { VerifyEvent } from "./verify-report.ts";

const MODEL = "model.safetensors";
const MIB = 1 << 20;
const hexOf = (path: string): string => golden(path).file.digest.hex;
const total = FILES.reduce((sum, { size }) => sum + size, 0);

/** Changes one byte and keeps length and times. */
async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  const { atimeMs, mtimeMs } = await file.stat();
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, at);
  await file.utimes(atimeMs / 1000, mtimeMs / 1000);
  await file.close();
}

test("a sound model is verified file by file, and nothing is found", async () => {
  const layout = await publishGolden(await tempDir());
  const events: VerifyEvent[] = [];
  const report = await verifyCache([{ layout }], { onEvent: (event) => events.push(event) });
  const nothing = { bad: [], missing: [], unproven: [], unverified: [], views: [], bytesKnown: 0 };
  expect(report).toEqual({ checked: FILES.length, bytes: total, ...nothing });
  expect(events[0]).toMatchObject({ type: "verify-started", files: FILES.length, bytes: total });
  expect(events.at(-1)).toMatchObject({ type: "verify-progress", bytesDone: total });
});

test("one flipped byte is named with file, digests and, once the model was verified, the place", async () => {
  const { layout } = await writeModel(await tempDir(), {
    "a/model.safetensors": contentOf(9 * MIB),
  });
  expect((await verifyCache([{ layout }])).bad).toEqual([]);
  const [hex = ""] = await readdir(layout.blobsDir);
  await flip(blobPath(layout, hex), 5 * MIB);
  const { bad } = await verifyCache([{ layout }]);
  expect(bad).toEqual([
    {
      repoId: "acme/large",
      repoType: "model",
      commit: LARGE_COMMIT,
      path: "a/model.safetensors",
      blob: blobPath(layout, hex),
      expected: `sha256:${hex}`,
      actual: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      reason: "digest",
      message: expect.any(String),
      size: 9 * MIB,
      expectedSize: 9 * MIB,
      damage: { start: 4 * MIB, end: 8 * MIB },
    },
  ]);
  await flip(blobPath(layout, hex), 5 * MIB);
  await flip(blobPath(layout, hex), 9 * MIB - 4096);
  expect((await verifyCache([{ layout }])).bad[0]?.damage).toEqual({
    start: 8 * MIB,
    end: 9 * MIB,
  });
});

test("without a listing the blob's name is its digest", async () => {
  const layout = await publishGolden(await tempDir());
  await rm(treePath(layout, COMMIT));
  await flip(blobPath(layout, hexOf("config.json")), 3);
  const { bad, checked } = await verifyCache([{ layout }]);
  expect(checked).toBe(FILES.length);
  expect(bad).toMatchObject([
    { path: "config.json", expected: `git-sha1:${hexOf("config.json")}`, expectedSize: null },
  ]);
});

test("a listing from elsewhere wins over the recorded one, and a commit can be chosen", async () => {
  const layout = await publishGolden(await tempDir());
  const other = "89abcdef0123456789abcdef0123456789abcdef";
  await publishGolden(layout.cacheDir, { commit: other });
  const readme = golden("README.md").file;
  const listing = [
    { ...readme, digest: golden("config.json").file.digest, blobId: hexOf("config.json") },
  ];
  const { bad } = await verifyCache([{ layout, commit: COMMIT, listing }]);
  expect(bad).toMatchObject([{ commit: COMMIT, path: "README.md", reason: "digest" }]);
});

test("a plain file is unproven without a listing, and verified with one", async () => {
  const layout = await publishGolden(await tempDir(), { symlinks: false });
  expect((await verifyCache([{ layout }])).unproven).toEqual([]);
  await rm(treePath(layout, COMMIT));
  const { unproven, checked } = await verifyCache([{ layout }]);
  expect(unproven).toHaveLength(FILES.length);
  expect(unproven[0]?.reason).toBe("no-digest");
  expect(checked).toBe(FILES.length);
});

test("missing files are told, those with a dangling entry apart, and are not bad", async () => {
  const layout = await publishGolden(await tempDir(), { paths: [MODEL, "README.md"] });
  await rm(blobPath(layout, hexOf("README.md")));
  const { missing, bad } = await verifyCache([{ layout }]);
  expect(bad).toEqual([]);
  expect(missing.map(({ path, reason }) => `${reason} ${path}`).toSorted()).toEqual([
    "absent .gitattributes",
    "absent config.json",
    "absent empty.txt",
    "absent sub/dir/notes.txt",
    "dangling README.md",
  ]);
});

test("bytes that two repos share on the disk are read once and are bad in both", async () => {
  const cacheDir = await tempDir();
  const { layout: a } = await writeModel(cacheDir, { [MODEL]: contentOf(MIB) });
  const { layout: b } = await writeModel(
    cacheDir,
    { [MODEL]: contentOf(MIB) },
    { repoId: "acme/twin" },
  );
  const [hex = ""] = await readdir(a.blobsDir);
  await rm(blobPath(b, hex));
  await symlink(blobPath(a, hex), blobPath(b, hex));
  await flip(blobPath(a, hex), 7);
  const { bytes, bad } = await verifyCache([{ layout: a }, { layout: b }]);
  expect(bytes).toBe(MIB);
  expect(bad.map(({ repoId }) => repoId)).toEqual(["acme/large", "acme/twin"]);
});

test("an interrupted verification goes on where it was, a finished one starts over", async () => {
  const files = {
    "1.bin": contentOf(40 * MIB),
    "2.bin": contentOf(MIB, 2),
    "3.bin": contentOf(MIB, 3),
  };
  const { layout } = await writeModel(await tempDir(), files);
  const stop = new AbortController();
  const stopped = verifyCache([{ layout }], {
    threads: 1,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === "verify-progress" && event.filesDone > 0) stop.abort(new Error("enough"));
    },
  });
  await Promise.allSettled([stopped]);
  const noted = join(layout.proofsDir, "verified");
  const [hex = ""] = (await readdir(layout.blobsDir)).filter((name) => name !== "");
  expect(hex).not.toBe("");
  // Whatever the race left: one note of a blob that was verified a moment ago.
  const { mtimeMs, ino, size } = await stat(blobPath(layout, hex));
  await writeFile(noted, `${Date.now()} ${hex} ${size} ${mtimeMs} ${ino}\n`);
  const second = await verifyCache([{ layout }]);
  expect(second.bytesKnown).toBe(size);
  expect(second.bytes).toBe(42 * MIB - size);
  expect((await verifyCache([{ layout }])).bytesKnown).toBe(0);
  await writeFile(noted, `${Date.now()} ${hex} ${size} ${mtimeMs} ${ino}\n`);
  expect((await verifyCache([{ layout }], { force: true })).bytes).toBe(42 * MIB);
  await writeFile(noted, `${Date.now() - 90_000_000} ${hex} ${size} ${mtimeMs} ${ino}\n`);
  expect((await verifyCache([{ layout }])).bytesKnown).toBe(0);
});

test("aborting rejects with the reason", async () => {
  const { layout } = await writeModel(await tempDir(), { "1.bin": contentOf(MIB) });
  const signal = AbortSignal.abort(new Error("no more"));
  await expect(verifyCache([{ layout }], { signal })).rejects.toThrow("no more");
});

test("a quick look reads no weights: it finds wrong lengths and headers, and misses a flipped byte", async () => {
  const layout = await publishGolden(await tempDir());
  await flip(blobPath(layout, hexOf(MODEL)), 99);
  expect((await verifyCache([{ layout }], { quick: true })).bad).toEqual([]);
  await flip(blobPath(layout, hexOf(MODEL)), 1);
  await truncate(blobPath(layout, hexOf("README.md")), 3);
  const { bad } = await verifyCache([{ layout }], { quick: true });
  expect(bad.map(({ path, reason, actual }) => [path, reason, actual])).toEqual([
    ["README.md", "size", null],
    [MODEL, "header", expect.stringMatching(/^sha256:/)],
  ]);
  expect(bad[1]?.message).toMatch(/^By its header it says/);
});

test("a strange header that was published so is not bad", async () => {
  const { layout } = await writeModel(await tempDir(), { [MODEL]: contentOf(MIB) });
  const { bad, bytes } = await verifyCache([{ layout }], { quick: true });
  expect({ bad, bytes }).toEqual({ bad: [], bytes: MIB });
});

test("a full verification names a truncated file by its size", async () => {
  const layout = await publishGolden(await tempDir());
  await truncate(blobPath(layout, hexOf(MODEL)), 50);
  expect((await verifyCache([{ layout }])).bad).toMatchObject([
    { path: MODEL, reason: "size", size: 50, expectedSize: 100, actual: expect.any(String) },
  ]);
});

test("proof records are written for blobs above one step and go when the blob is gone", async () => {
  const { layout, listing } = await writeModel(await tempDir(), {
    "1.bin": contentOf(9 * MIB),
    "2.bin": contentOf(MIB, 2),
  });
  await verifyCache([{ layout }]);
  const [first] = listing;
  if (first === undefined) throw new Error("no file");
  const blob = { digest: first.digest, size: first.size };
  expect(await readProofRecord(repoProofs(layout), blob)).toHaveLength(2);
  expect(await readdir(layout.proofsDir)).toEqual([first.digest.hex]);
  await writeFile(join(layout.proofsDir, first.digest.hex), "garbage\n\n");
  expect(await readProofRecord(repoProofs(layout), blob)).toBeUndefined();
  await rm(blobPath(layout, first.digest.hex));
  await rm(snapshotPath(layout, LARGE_COMMIT, "1.bin"));
  await verifyCache([{ layout }]);
  expect(await readdir(layout.proofsDir)).toEqual([]);
});

test("a local dir is verified by the digests recorded at download", async () => {
  const layout = await publishGolden(await tempDir());
  const localDir = await tempDir();
  for (const path of [MODEL, "config.json"]) {
    await publishLocalFile(localDir, {
      commit: COMMIT,
      file: golden(path).file,
      from: await stage(layout, path),
    });
  }
  expect(await verifyLocalDir(localDir)).toMatchObject({ checked: 2, bad: [], missing: [] });
  await flip(join(localDir, MODEL), 98);
  await rm(join(localDir, "config.json"));
  expect(await verifyLocalDir(localDir, { repoId: "acme/tiny" })).toMatchObject({
    bad: [{ repoId: "acme/tiny", commit: COMMIT, path: MODEL, blob: join(localDir, MODEL) }],
    missing: [{ path: "config.json", reason: "dangling" }],
  });
  expect(await codeOf(async () => await verifyLocalDir(await tempDir()))).toBe("cache/not-found");
});

test("a commit that is not here cannot be verified", async () => {
  const layout = await publishGolden(await tempDir());
  const commit = "9".repeat(40);
  expect(await codeOf(() => verifyCache([{ layout, commit }]))).toBe("cache/not-found");
});

test("a view that lost a file or holds other bytes is told with its files, and the model stays sound", async () => {
  const layout = await publishGolden(await tempDir());
  const [copy, whole] = [join(await tempDir(), "copy"), join(await tempDir(), "whole")];
  for (const target of [copy, whole])
    await makeView(layout, { revision: "main", commit: COMMIT }, { target });
  expect((await verifyCache([{ layout }])).views).toEqual([]);
  await rm(join(copy, "README.md"));
  await flip(join(copy, "config.json"), 3);
  const events: VerifyEvent[] = [];
  const report = await verifyCache([{ layout }], { onEvent: (event) => events.push(event) });
  const damaged = { repoId: "acme/tiny", repoType: "model", commit: COMMIT, path: copy };
  expect(report.views).toMatchObject([
    { ...damaged, missing: ["README.md"], bad: ["config.json"] },
  ]);
  expect(report).toMatchObject({ bad: [], missing: [], unproven: [], unverified: [] });
  expect(events).toContainEqual(expect.objectContaining({ type: "verify-view", path: copy }));
  expect(events.map(({ type }) => type)).not.toContain("verify-bad");
  // Lengths alone are known without reading.
  const quick = await verifyCache([{ layout }], { quick: true });
  expect(quick.views).toMatchObject([{ path: copy, missing: ["README.md"], bad: [] }]);
  const other = "89abcdef0123456789abcdef0123456789abcdef";
  await publishGolden(layout.cacheDir, { commit: other });
  expect((await verifyCache([{ layout, commit: other }])).views).toEqual([]);
});

test("a view that shares a damaged file is told beside it, and one without its manifest is", async () => {
  const { layout } = await writeModel(await tempDir(), {
    "model.safetensors": contentOf(2 * MIB),
  });
  const commit = LARGE_COMMIT;
  const snapshot = { revision: "main", commit };
  const [target, bare] = [join(await tempDir(), "view"), join(await tempDir(), "bare")];
  const { method } = await makeView(layout, snapshot, { target });
  await makeView(layout, snapshot, { target: bare });
  await rm(join(bare, ".mlx-download.json"));
  await flip(join(target, MODEL), MIB);
  const { bad, views } = await verifyCache([{ layout, commit }]);
  expect(views).toMatchObject([
    { path: bare < target ? bare : target },
    { path: bare < target ? target : bare },
  ]);
  expect(views.find(({ path }) => path === bare)?.missing).toEqual([".mlx-download.json"]);
  expect(views.find(({ path }) => path === target)?.bad).toEqual([MODEL]);
  // A hard link is the cache's own file: it is damaged there, too.
  expect(bad).toHaveLength(method === "hard-link" ? 1 : 0);
});
