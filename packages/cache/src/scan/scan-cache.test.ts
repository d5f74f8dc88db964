import {
  chmod,
  link,
  mkdir,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, FILES, golden, publishGolden, stage } from "../../test/golden-model.ts";
import { blobPath, repoLayout, snapshotPath, treePath, type RepoLayout } from "../names/layout.ts";
import { writeRef } from "../records/ref.ts";
import { scanCache } from "./scan-cache.ts";
import { scanFolders } from "./scan-folders.ts";
import { scanRepos } from "./scan-repos.ts";
import type { CachedRepo } from "./scan-repo.ts";

const MODEL = "model.safetensors";
const OTHER = "89abcdef0123456789abcdef0123456789abcdef";
const hexOf = (path: string): string => golden(path).file.digest.hex;
const total = FILES.reduce((sum, { size }) => sum + size, 0);

async function scanOne(layout: RepoLayout): Promise<CachedRepo & { codes: string[] }> {
  const { repos } = await scanCache(layout.cacheDir);
  const repo = repos.find(({ path }) => path === layout.repoDir);
  if (repo === undefined) throw new Error("the repo was dropped");
  return { ...repo, codes: repo.findings.map(({ code }) => code).toSorted() };
}

test("a sound repo is listed with its refs, sizes and nothing to say about it", async () => {
  const layout = await publishGolden(await tempDir());
  await writeRef(layout, "refs/pr/1", COMMIT);
  const scan = await scanCache(layout.cacheDir);
  expect(scan).toMatchObject({ cacheDir: layout.cacheDir, sizeOnDisk: total, findings: [] });
  expect(scan.repos).toEqual([
    {
      repoId: "acme/tiny",
      repoType: "model",
      path: layout.repoDir,
      sizeOnDisk: total,
      unusedOnDisk: 0,
      files: FILES.length,
      lastUsedAt: expect.any(Number),
      refs: { main: COMMIT, "refs/pr/1": COMMIT },
      revisions: [
        {
          commit: COMMIT,
          path: join(layout.snapshotsDir, COMMIT),
          files: FILES.length,
          sizeOnDisk: total,
          complete: true,
          lastModifiedAt: expect.any(Number),
        },
      ],
      findings: [],
    },
  ]);
  expect(Math.abs((scan.repos[0]?.lastUsedAt ?? 0) - Date.now())).toBeLessThan(3_600_000);
});

test("a blob that two commits and two names use is counted once", async () => {
  const layout = await publishGolden(await tempDir());
  await publishGolden(layout.cacheDir, { commit: OTHER, revision: "next", paths: [MODEL] });
  await symlink(
    `../../blobs/${hexOf(MODEL)}`,
    join(layout.snapshotsDir, OTHER, "copy.safetensors"),
  );
  const repo = await scanOne(layout);
  expect(repo.sizeOnDisk).toBe(total);
  expect(repo.revisions.map((r) => [r.commit, r.files, r.sizeOnDisk, r.complete])).toEqual([
    [COMMIT, FILES.length, total, true],
    [OTHER, 2, 100, false],
  ]);
});

test("a repo without refs, and one without a listing, are repos all the same", async () => {
  const layout = await publishGolden(await tempDir(), { revision: null });
  await rm(layout.refsDir, { recursive: true });
  await rm(treePath(layout, COMMIT));
  const repo = await scanOne(layout);
  expect(repo).toMatchObject({ refs: {}, codes: [] });
  expect(repo.revisions[0]?.complete).toBeNull();
});

test("each kind of damage becomes a finding with its path, and the rest of the repo stays listed", async () => {
  const layout = await publishGolden(await tempDir());
  const snapshot = join(layout.snapshotsDir, COMMIT);
  const outside = await tempDir();
  await rm(blobPath(layout, hexOf("README.md")));
  await truncate(blobPath(layout, hexOf(MODEL)), 50);
  await writeFile(join(layout.refsDir, "newline"), `${COMMIT}\n`);
  await writeFile(join(layout.refsDir, "short"), "0123456");
  await writeFile(join(layout.refsDir, "gone"), OTHER);
  await writeFile(join(layout.refsDir, "main.0123abcd.tmp"), OTHER);
  await writeFile(join(layout.snapshotsDir, "stray"), "");
  await mkdir(join(layout.snapshotsDir, "main"));
  await symlink(outside, join(layout.snapshotsDir, OTHER));
  await symlink(outside, join(snapshot, "folder"));
  await writeFile(join(outside, "file"), "12345");
  await symlink(join(outside, "file"), join(snapshot, "outside.txt"));
  await writeFile(join(layout.blobsDir, 'W_"odd"'), "odd");
  await writeFile(join(layout.blobsDir, "b".repeat(40)), "unused");
  await writeFile(join(layout.blobsDir, `${hexOf(MODEL)}.0123abcd.incomplete`), "half");
  await mkdir(join(layout.blobsDir, "folder"));
  await stage(layout, MODEL);
  await writeFile(join(layout.blobsDir, ".DS_Store"), "");

  const repo = await scanOne(layout);
  const seen = repo.findings.map(({ code, path }) => [code, path.slice(layout.repoDir.length + 1)]);
  expect(seen.toSorted((a, b) => (a.join() < b.join() ? -1 : 1))).toEqual(
    [
      ["bad-ref", "refs/newline"],
      ["bad-ref", "refs/short"],
      ["dangling-link", `snapshots/${COMMIT}/README.md`],
      ["leftover", `blobs/${hexOf(MODEL)}.0123abcd.incomplete`],
      ["leftover", "refs/main.0123abcd.tmp"],
      ["missing-commit", "refs/gone"],
      ["not-a-commit", "snapshots/main"],
      ["odd-blob-name", 'blobs/W_"odd"'],
      ["outside-link", `snapshots/${COMMIT}/outside.txt`],
      ["planted-link", `snapshots/${OTHER}`],
      ["planted-link", `snapshots/${COMMIT}/folder`],
      ["stray-file", "blobs/folder"],
      ["stray-file", "snapshots/stray"],
      ["unfinished-download", `.partial/${hexOf(MODEL)}.data`],
      ["unreferenced-blob", 'blobs/W_"odd"'],
      ["unreferenced-blob", `blobs/${"b".repeat(40)}`],
      ["wrong-size", `blobs/${hexOf(MODEL)}`],
    ].toSorted((a, b) => (a.join() < b.join() ? -1 : 1)),
  );
  expect(repo.refs).toEqual({ main: COMMIT, newline: COMMIT, gone: OTHER });
  expect(repo.revisions).toHaveLength(1);
  expect(repo.revisions[0]?.complete).toBe(false);
});

test("a repo whose folders are files or links is listed with findings", async () => {
  const layout = await publishGolden(await tempDir());
  for (const place of [layout.refsDir, layout.blobsDir, layout.snapshotsDir]) {
    await rm(place, { recursive: true });
  }
  await writeFile(layout.refsDir, "");
  await symlink(await tempDir(), layout.blobsDir);
  expect((await scanOne(layout)).codes).toEqual(["no-snapshots", "planted-link", "stray-file"]);
});

test("foreign entries of the cache root are reported, expected ones are not", async () => {
  const cacheDir = await tempDir();
  await publishGolden(cacheDir);
  await mkdir(join(cacheDir, "blobs"));
  await mkdir(join(cacheDir, "models--a--b--c"));
  await writeFile(join(cacheDir, "models--file"), "");
  await writeFile(join(cacheDir, ".DS_Store"), "");
  const { findings, repos } = await scanCache(cacheDir);
  expect(repos).toHaveLength(1);
  expect(findings.map(({ code, path }) => [code, path.slice(cacheDir.length + 1)])).toEqual([
    ["not-a-repo", "blobs"],
    ["not-a-repo", "models--a--b--c"],
    ["not-a-repo", "models--file"],
  ]);
});

test("two repos on one commit are told, since other tools mix them up", async () => {
  const cacheDir = await tempDir();
  await publishGolden(cacheDir);
  await publishGolden(cacheDir, { repoId: "acme/twin" });
  const { findings } = await scanCache(cacheDir);
  expect(findings.map(({ code }) => code)).toEqual(["shared-commit"]);
});

test("payloads of the shared store count once for the cache, used or not, and the store is no finding", async () => {
  const cacheDir = await tempDir();
  const store = join(cacheDir, "blobs");
  const xet = golden(MODEL).file.xetHash ?? "";
  await mkdir(join(store, "d5"), { recursive: true });
  await mkdir(join(store, "ab"));
  await writeFile(join(store, ".huggingface-shared-blobs"), "1\n");
  await writeFile(join(store, "d5", xet), golden(MODEL).content);
  await writeFile(join(store, "d5", `${xet}.lock`), "");
  await writeFile(join(store, "ab", `ab${"0".repeat(62)}`), "orphan");
  await chmod(join(store, "d5", xet), 0o444);
  for (const [repoId, commit] of [
    ["acme/a", COMMIT],
    ["acme/b", OTHER],
  ] as const) {
    const layout = await publishGolden(cacheDir, { repoId, commit });
    await rm(blobPath(layout, hexOf(MODEL)));
    await symlink(`../../blobs/d5/${xet}`, blobPath(layout, hexOf(MODEL)));
  }
  const scan = await scanCache(cacheDir);
  expect(scan.findings).toEqual([]);
  expect(scan.repos.map(({ sizeOnDisk }) => sizeOnDisk)).toEqual([total, total]);
  expect(scan.sizeOnDisk).toBe(2 * (total - 100) + 100 + "orphan".length);
  await rm(join(store, "d5", xet));
  const damaged = await scanOne(repoLayout(cacheDir, "acme/a"));
  expect(damaged.codes).toEqual(["dangling-link", "dangling-link"]);
});

test("a repo folder that is a link to another disk is a repo", async () => {
  const layout = await publishGolden(await tempDir());
  const disk = join(await tempDir(), "moved");
  await rename(layout.repoDir, disk);
  await symlink(disk, layout.repoDir);
  expect(await scanOne(layout)).toMatchObject({ codes: [], sizeOnDisk: total });
});

test("a hard link as a snapshot entry is a file of its own name", async () => {
  const layout = await publishGolden(await tempDir());
  const entry = snapshotPath(layout, COMMIT, MODEL);
  await rm(entry);
  await link(blobPath(layout, hexOf(MODEL)), entry);
  expect((await scanOne(layout)).revisions[0]?.complete).toBe(true);
});

test("an absent cache is an empty one that says so, and a file is none", async () => {
  const cacheDir = join(await tempDir(), "none");
  const scan = await scanCache(cacheDir);
  expect(scan).toMatchObject({ cacheDir, sizeOnDisk: 0, repos: [] });
  expect(scan.findings.map(({ code }) => code)).toEqual(["no-cache"]);
  await writeFile(cacheDir, "");
  expect(await codeOf(() => scanCache(cacheDir))).toBe("cache/damaged");
});

test("unused files are counted apart, with size and time, and quarantine is reported", async () => {
  const layout = await publishGolden(await tempDir());
  const unused = blobPath(layout, "b".repeat(40));
  await writeFile(unused, "unused");
  await mkdir(layout.quarantineDir);
  await writeFile(join(layout.quarantineDir, "bad"), "damaged");
  const repo = await scanOne(layout);
  expect(repo).toMatchObject({ sizeOnDisk: total, unusedOnDisk: 6 + 7 });
  expect(repo.findings).toContainEqual({
    code: "unreferenced-blob",
    path: unused,
    message: expect.any(String),
    sizeOnDisk: 6,
    lastModifiedAt: expect.any(Number),
  });
  expect(repo.codes).toContain("quarantined");
});

test("a large cache, shared with other threads, gives the same as a small one", async () => {
  const layout = await publishGolden(await tempDir());
  const copies = 300;
  for (let index = 0; index < copies; index += 1) {
    const other = repoLayout(layout.cacheDir, `acme/copy-${index}`);
    await mkdir(join(other.snapshotsDir, index.toString(16).padStart(40, "0")), {
      recursive: true,
    });
    await mkdir(other.refsDir);
    await writeFile(join(other.refsDir, "short"), "0123456");
  }
  const folders = (await readdir(layout.cacheDir)).filter((name) => name.startsWith("models--"));
  const shared: CachedRepo[] = [];
  for await (const { repo } of scanFolders(layout.cacheDir, folders, { idleCores: 2 })) {
    shared.push(repo);
  }
  expect(shared).toHaveLength(copies + 1);
  const alone: CachedRepo[] = [];
  const repos = scanRepos(layout.cacheDir);
  let next = await repos.next();
  for (; next.done !== true; next = await repos.next()) alone.push(next.value);
  expect(next.value.sizeOnDisk).toBe(total);
  const byPath = (a: CachedRepo, b: CachedRepo): number => (a.path < b.path ? -1 : 1);
  const scan = await scanCache(layout.cacheDir);
  expect(shared.toSorted(byPath)).toEqual(scan.repos);
  expect(alone.toSorted(byPath)).toEqual(scan.repos);
  expect(scan.repos.filter(({ findings }) => findings.length === 1)).toHaveLength(copies);
});

test("a scan can be aborted between two repos", async () => {
  const layout = await publishGolden(await tempDir());
  await publishGolden(layout.cacheDir, { repoId: "acme/twin", commit: OTHER });
  const stop = new AbortController();
  const repos = scanRepos(layout.cacheDir, { signal: stop.signal });
  await repos.next();
  stop.abort(new Error("enough"));
  await expect(repos.next()).rejects.toThrow("enough");
});

test("a scan changes nothing", async () => {
  const cacheDir = await tempDir();
  const layout = await publishGolden(cacheDir);
  await writeFile(join(layout.refsDir, "short"), "0123456");
  const list = async (): Promise<string[]> =>
    (await readdir(cacheDir, { recursive: true })).toSorted();
  const before = await list();
  await scanCache(cacheDir);
  expect(await list()).toEqual(before);
});
