import { mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run, tempDir } from "@mlx-download/test-utils";
import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, FILES, golden, publishGolden } from "../../test/golden-model.ts";
import type { CopyEvent, CopyOptions } from "../disk/copy-meter.ts";
import { CacheError } from "../names/errors.ts";
import { blobPath, repoLayout, snapshotPath, treePath } from "../names/layout.ts";
import { readRef, writeRef } from "../records/ref.ts";
import { scanCache } from "../scan/scan-cache.ts";
import { snapshotStatus } from "../scan/snapshot-status.ts";
import { readTreeRecord } from "../records/tree-record.ts";
import { exportArchive } from "./export-archive.ts";
import { exportFolder, exportTar } from "./export-model.ts";
import { importFolder, importTar } from "./import-model.ts";
import { describeSnapshot, formatManifest, MANIFEST_FILE } from "./manifest.ts";
import { padding, tarEnd, tarHeader } from "./tar-format.ts";

const SNAPSHOT = { revision: "main", commit: COMMIT };
const OTHER = "89abcdef0123456789abcdef0123456789abcdef";

async function archive(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* inPieces(bytes: Uint8Array, length = 333): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function expectWhole(cacheDir: string, ref: string | null = "main"): Promise<void> {
  const layout = repoLayout(cacheDir, "acme/tiny");
  expect((await snapshotStatus(layout, COMMIT)).status).toBe("complete");
  expect((await scanCache(cacheDir)).repos[0]?.findings).toEqual([]);
  if (ref !== null) expect(await readRef(layout, ref)).toBe(COMMIT);
}

test("a model goes through a folder into another cache", async () => {
  const layout = await publishGolden(await tempDir());
  const target = join(await tempDir(), "out", "tiny");
  const exported = await exportFolder(layout, SNAPSHOT, { target });
  expect(exported).toMatchObject({ path: target, files: FILES.length, bytes: 186 });
  expect(await readFile(join(target, "sub/dir/notes.txt"), "utf8")).toBe("hello\n");
  await exportFolder(layout, SNAPSHOT, { target });
  expect(await readdir(join(target, ".."))).toEqual(["tiny"]);
  const cacheDir = await tempDir();
  const whole = { files: 6, bytes: 186, complete: true, ref: "main" };
  expect(await importFolder(cacheDir, target)).toMatchObject(whole);
  await expectWhole(cacheDir);
  expect(await importFolder(cacheDir, target)).toMatchObject({ bytes: 0 });
});

test("nothing is exported into the cache, where it would be taken for damage", async () => {
  const layout = await publishGolden(await tempDir());
  const link = join(await tempDir(), "link");
  await symlink(layout.cacheDir, link);
  const places = [layout.repoDir, layout.cacheDir, link].map((folder) => join(folder, "new", "x"));
  for (const target of places) {
    expect(await codeOf(() => exportFolder(layout, SNAPSHOT, { target }))).toBe("cache/not-ours");
    expect(await codeOf(() => exportArchive(layout, SNAPSHOT, { target }))).toBe("cache/not-ours");
  }
  expect((await scanCache(layout.cacheDir)).findings).toEqual([]);
  await expectWhole(layout.cacheDir);
});

test("a model goes through an archive, which is the same bytes every time and which tar reads", async () => {
  const layout = await publishGolden(await tempDir());
  const bytes = await archive(exportTar(layout, SNAPSHOT));
  expect(await archive(exportTar(layout, SNAPSHOT))).toEqual(bytes);
  const cacheDir = await tempDir();
  await importTar(cacheDir, inPieces(bytes));
  await expectWhole(cacheDir);
  const folder = await tempDir();
  await writeFile(join(folder, "model.tar"), bytes);
  const { code, stderr } = await run("tar", ["-xf", "model.tar"], { cwd: folder });
  expect(code, stderr).toBe(0);
  const other = await tempDir();
  await importFolder(other, join(folder, "models--acme--tiny"));
  await expectWhole(other);
  // An archive packed by tar itself, with its own headers and owners.
  const name = "models--acme--tiny";
  const names = [`${name}/${MANIFEST_FILE}`, ...FILES.map(({ path }) => `${name}/${path}`)];
  await run("tar", ["-cf", "again.tar", ...names], { cwd: folder });
  const third = await tempDir();
  await importTar(third, inPieces(await readFile(join(folder, "again.tar"))));
  await expectWhole(third);
});

test("part of a snapshot stays part of a snapshot", async () => {
  const layout = await publishGolden(await tempDir(), { paths: ["config.json", "README.md"] });
  const bytes = await archive(exportTar(layout, SNAPSHOT));
  const cacheDir = await tempDir();
  await importTar(cacheDir, inPieces(bytes));
  const status = await snapshotStatus(repoLayout(cacheDir, "acme/tiny"), COMMIT);
  expect(status).toMatchObject({ status: "incomplete" });
  expect(status.missing).toHaveLength(4);
});

test("an import does not take a snapshot without a recorded listing for the whole commit", async () => {
  const source = await publishGolden(await tempDir(), { paths: ["config.json", "README.md"] });
  await rm(treePath(source, COMMIT));
  const folder = join(await tempDir(), "tiny");
  await exportFolder(source, SNAPSHOT, { target: folder });
  for (const bringIn of [
    (cacheDir: string) => importFolder(cacheDir, folder),
    (cacheDir: string) => importTar(cacheDir, exportTar(source, SNAPSHOT)),
  ]) {
    const cacheDir = await tempDir();
    expect(await bringIn(cacheDir)).toMatchObject({ files: 2, complete: null, ref: "main" });
    const layout = repoLayout(cacheDir, "acme/tiny");
    expect(await readTreeRecord(layout, COMMIT)).toBeUndefined();
    expect((await scanCache(cacheDir)).repos[0]?.revisions[0]?.complete).toBeNull();
    // Next to a listing, the missing files are reported.
    const there = await publishGolden(await tempDir(), { paths: ["sub/dir/notes.txt"] });
    expect(await bringIn(there.cacheDir)).toMatchObject({ files: 2, complete: false });
    expect((await snapshotStatus(there, COMMIT)).missing).toHaveLength(3);
  }
});

test("a plain file whose git digest is known here only is verified by that one", async () => {
  const source = await publishGolden(await tempDir(), { paths: ["config.json"] });
  await rm(treePath(source, COMMIT));
  const entry = snapshotPath(source, COMMIT, "config.json");
  const text = await readFile(entry);
  await rm(entry);
  await writeFile(entry, text);
  const bytes = await archive(exportTar(source, SNAPSHOT));
  const here = await publishGolden(await tempDir(), { paths: ["README.md"] });
  expect(await importTar(here.cacheDir, inPieces(bytes))).toMatchObject({ files: 1, bytes: 23 });
  expect((await scanCache(here.cacheDir)).repos[0]?.findings).toEqual([]);
  expect((await snapshotStatus(here, COMMIT)).missing).toHaveLength(4);
  await writeFile(entry, text.toString().replace("llama", "LLAMA"));
  const wrong = await archive(exportTar(source, SNAPSHOT));
  expect(await codeOf(() => importTar(here.cacheDir, inPieces(wrong)))).toBe(
    "cache/digest-mismatch",
  );
});

test("a ref that says something else here stays as it is", async () => {
  const layout = await publishGolden(await tempDir());
  const bytes = await archive(exportTar(layout, SNAPSHOT));
  const here = await publishGolden(await tempDir(), { commit: OTHER });
  expect(await importTar(here.cacheDir, inPieces(bytes))).toMatchObject({ ref: null });
  expect(await readRef(here, "main")).toBe(OTHER);
});

test("damaged content is neither exported nor imported", async () => {
  const layout = await publishGolden(await tempDir());
  const bytes = await archive(exportTar(layout, SNAPSHOT));
  const at = bytes.indexOf("hello\n");
  bytes[at] = 0x48;
  const cacheDir = await tempDir();
  expect(await codeOf(() => importTar(cacheDir, inPieces(bytes)))).toBe("cache/digest-mismatch");
  expect((await scanCache(cacheDir)).repos).toEqual([]);
  await writeFile(blobPath(layout, golden("README.md").file.digest.hex), "# tyni\n");
  const target = join(await tempDir(), "out");
  expect(await codeOf(() => archive(exportTar(layout, SNAPSHOT)))).toBe("cache/digest-mismatch");
  expect(await codeOf(() => exportFolder(layout, SNAPSHOT, { target }))).toBe(
    "cache/digest-mismatch",
  );
  expect(await readdir(join(target, ".."))).toEqual([]);
});

test("a failed import leaves existing files, and nothing of its own", async () => {
  const layout = await publishGolden(await tempDir());
  const bytes = await archive(exportTar(layout, SNAPSHOT));
  const here = await publishGolden(await tempDir(), { commit: OTHER });
  expect(await codeOf(() => importTar(here.cacheDir, inPieces(bytes.subarray(0, -2000))))).toBe(
    "cache/bad-archive",
  );
  expect((await scanCache(here.cacheDir)).repos).toMatchObject([
    { refs: { main: OTHER }, revisions: [{ commit: OTHER, complete: true }], findings: [] },
  ]);
  expect(await readTreeRecord(here, COMMIT)).toBeUndefined();
  const part = await publishGolden(await tempDir(), { paths: ["config.json"] });
  const stop = new AbortController();
  const aborted = importTar(part.cacheDir, inPieces(bytes), {
    signal: stop.signal,
    onEvent: () => stop.abort(new Error("enough")),
  });
  await expect(aborted).rejects.toThrow("enough");
  expect((await snapshotStatus(part, COMMIT)).missing).not.toContain("config.json");
});

test("exports and imports tell how far they are, to the last byte", async () => {
  const layout = await publishGolden(await tempDir());
  const target = join(await tempDir(), "out");
  const cacheDir = await tempDir();
  const whole = { repoId: "acme/tiny", files: FILES.length, bytes: 186 };
  for (const work of [
    (options: CopyOptions) => exportFolder(layout, SNAPSHOT, { ...options, target }),
    (options: CopyOptions) => importFolder(cacheDir, target, options),
    (options: CopyOptions) => archive(exportTar(layout, SNAPSHOT, options)),
  ]) {
    const events: CopyEvent[] = [];
    await work({
      onEvent(event) {
        events.push(event);
        throw new Error("a listener's fault");
      },
    });
    expect(events[0]).toMatchObject({ type: "copy-started", ...whole });
    expect(events.at(-1)).toMatchObject({
      type: "copy-progress",
      ...whole,
      filesDone: FILES.length,
      bytesDone: 186,
    });
  }
});

test("an archive cut off anywhere, or with any byte flipped, never makes a wrong model", async () => {
  const layout = await publishGolden(await tempDir());
  const bytes = await archive(exportTar(layout, SNAPSHOT));
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: bytes.length - 1025 }), fc.boolean(), async (at, cut) => {
      const cacheDir = await tempDir();
      const bad = cut ? bytes.subarray(0, at) : Buffer.from(bytes);
      if (!cut) bad[at] = (bad[at] ?? 0) ^ 0x20;
      const error: unknown = await importTar(cacheDir, inPieces(bad)).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (cut) expect(error).toBeInstanceOf(CacheError);
      else if (error !== undefined) expect(error).toBeInstanceOf(CacheError);
      // A flip in bytes that are never read (padding, white space) may pass. Accepted files are
      // correct.
      const { repos } = await scanCache(cacheDir);
      for (const { findings } of repos) {
        expect(findings.filter(({ code }) => code !== "no-snapshots")).toEqual([]);
      }
      if (error === undefined) expect(repos[0]?.revisions[0]?.files).toBeGreaterThan(0);
      else expect(repos).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ["a link", (name: string) => typed(tarHeader(`${name}/config.json`, 0), "2")],
  ["a hard link", (name: string) => typed(tarHeader(`${name}/config.json`, 0), "1")],
  ["a device", (name: string) => typed(tarHeader(`${name}/config.json`, 0), "3")],
  ["what is not listed", (name: string) => tarHeader(`${name}/../../evil`, 0)],
  ["an absolute path", () => tarHeader("/etc/evil", 0)],
  ["a file of another length", (name: string) => tarHeader(`${name}/config.json`, 3)],
  ["a sparse file of GNU tar", (name: string) => typed(tarHeader(`${name}/config.json`, 0), "S")],
])("an archive with %s is refused, and nothing lies outside the cache", async (_, header) => {
  const layout = await publishGolden(await tempDir());
  const manifest = Buffer.from(formatManifest(await describeSnapshot(layout, SNAPSHOT)));
  const name = "models--acme--tiny";
  const bytes = Buffer.concat([
    tarHeader(`${name}/${MANIFEST_FILE}`, manifest.length),
    manifest,
    Buffer.alloc(padding(manifest.length)),
    header(name),
    tarEnd(),
  ]);
  const parent = await tempDir();
  const cacheDir = join(parent, "hub");
  expect(await codeOf(() => importTar(cacheDir, inPieces(bytes)))).toBe("cache/bad-archive");
  expect(await readdir(parent)).toEqual(["hub"]);
});

test.each([
  ["repoId", "../../evil"],
  ["repoId", "acme/../../evil"],
  ["repoType", "elsewhere"],
  ["commit", "main"],
  ["revision", "../main"],
  ["files", {}],
  [
    "files",
    [{ path: "../evil", size: 1, digest: `sha256:${"0".repeat(64)}`, blobId: "0".repeat(40) }],
  ],
  ["files", [{ path: "x", size: -1, digest: `sha256:${"0".repeat(64)}`, blobId: "0".repeat(40) }]],
  ["schema", 2],
])("a manifest whose %s is %j is refused", async (key, value) => {
  const layout = await publishGolden(await tempDir());
  const folder = await tempDir();
  const text = formatManifest(await describeSnapshot(layout, SNAPSHOT));
  const forged = { ...(JSON.parse(text) as object), [key]: value };
  await writeFile(join(folder, MANIFEST_FILE), JSON.stringify(forged));
  expect(await codeOf(() => importFolder(layout.cacheDir, folder))).toBe("cache/bad-archive");
});

test("a listing that contradicts the one that is here is refused", async () => {
  const layout = await publishGolden(await tempDir());
  const folder = join(await tempDir(), "out");
  await exportFolder(layout, SNAPSHOT, { target: folder });
  const text = await readFile(join(folder, MANIFEST_FILE), "utf8");
  const notes = golden("sub/dir/notes.txt").file.digest.hex;
  const readme = golden("README.md").file.digest.hex;
  await writeFile(join(folder, MANIFEST_FILE), text.replaceAll(notes, readme));
  expect(await codeOf(() => importFolder(layout.cacheDir, folder))).toBe("cache/digest-mismatch");
});

test("an exported folder that lacks a file, or holds a link instead, is refused", async () => {
  const layout = await publishGolden(await tempDir());
  const folder = join(await tempDir(), "out");
  await exportFolder(layout, SNAPSHOT, { target: folder });
  await rm(join(folder, "config.json"));
  const cacheDir = await tempDir();
  expect(await codeOf(() => importFolder(cacheDir, folder))).toBe("cache/bad-archive");
  await symlink(join(layout.snapshotsDir, COMMIT, "config.json"), join(folder, "config.json"));
  expect(await codeOf(() => importFolder(cacheDir, folder))).toBe("cache/bad-archive");
  expect(await readRef(repoLayout(cacheDir, "acme/tiny"), "main")).toBeUndefined();
});

test("a foreign folder is not replaced", async () => {
  const layout = await publishGolden(await tempDir());
  const target = join(await tempDir(), "mine");
  await mkdir(target);
  await writeFile(join(target, "thesis.txt"), "precious");
  expect(await codeOf(() => exportFolder(layout, SNAPSHOT, { target }))).toBe("cache/not-ours");
  const other = await publishGolden(layout.cacheDir, { repoId: "acme/other", commit: OTHER });
  const taken = join(await tempDir(), "taken");
  await exportFolder(other, { revision: "main", commit: OTHER }, { target: taken });
  expect(await codeOf(() => exportFolder(layout, SNAPSHOT, { target: taken }))).toBe(
    "cache/not-ours",
  );
  expect(await readFile(join(target, "thesis.txt"), "utf8")).toBe("precious");
});

test("an absent model cannot be exported", async () => {
  const layout = repoLayout(await tempDir(), "acme/none");
  await writeRef(await publishGolden(layout.cacheDir), "v1", COMMIT);
  expect(await codeOf(() => archive(exportTar(layout, SNAPSHOT)))).toBe("cache/not-found");
});

function typed(header: Buffer, type: string): Buffer {
  const block = Buffer.from(header);
  block.write(type, 156, "latin1");
  block.write("        ", 148, "latin1");
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
