import {
  chmod,
  link,
  lstat,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { becomeOrdinaryUser, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test, vi } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, golden, publishGolden } from "../../test/golden-model.ts";
import { announceDownload } from "../lock/active-use.ts";
import { withRepoLock } from "../lock/repo-lock.ts";
import {
  blobPath,
  partialPaths,
  repoLayout,
  type RepoLayout,
  snapshotPath,
} from "../names/layout.ts";
import { prepareRepo } from "../publish/prepare-repo.ts";
import { pinModel } from "../records/pin.ts";
import { recordUse } from "../records/use-record.ts";
import { applyRemoval } from "./apply-removal.ts";
import { discardEmptyRepo } from "./discard-empty-repo.ts";
import { planEviction } from "./plan-eviction.ts";
import { planPrune } from "./plan-prune.ts";
import { planRemoval } from "./plan-removal.ts";
import { removeRepo } from "./remove-repo.ts";

// One test for each thing that removal looks at before it takes something away.

const MODEL = golden("model.safetensors").file;
const OLD = 1_000_000_000;

async function leftoversOf(cacheDir: string, graceMs?: number): Promise<readonly string[]> {
  const { repos } = await planPrune(cacheDir, { graceMs });
  return repos.flatMap(({ leftovers }) => leftovers.map(({ path }) => path));
}

test("bytes that live on under another name are not counted as freed, and not evicted", async () => {
  const layout = await publishGolden(await tempDir());
  const other = join(await tempDir(), "view");
  await link(blobPath(layout, MODEL.digest.hex), other);
  const target = { repoId: "acme/tiny", revision: "main" };
  const held = (await planRemoval(layout.cacheDir, [target])).repos[0];
  expect(held?.heldBytes).toBe(MODEL.size);
  await rm(other);
  const free = (await planRemoval(layout.cacheDir, [target])).repos[0];
  expect(free?.heldBytes).toBe(0);
});

test("a pin whose ref is gone protects every revision, since it may have meant any", async () => {
  const layout = await publishGolden(await tempDir());
  await pinModel(layout, "main");
  await rm(join(layout.refsDir, "main"));
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]);
  expect(plan).toMatchObject({ repos: [], kept: [{ commit: COMMIT, reason: "pinned" }] });
});

test("a repo that lies elsewhere is not pruned", async () => {
  const layout = await publishGolden(await tempDir(), { revision: null });
  const elsewhere = join(await tempDir(), "repo");
  await rename(layout.repoDir, elsewhere);
  await symlink(elsewhere, layout.repoDir);
  const plan = await planPrune(layout.cacheDir, { graceMs: 0 });
  expect(plan).toMatchObject({ repos: [], kept: [{ commit: null, reason: "elsewhere" }] });
});

test("a blob that only a folder of another name than a commit leads to is no leftover", async () => {
  const layout = await publishGolden(await tempDir());
  await rename(join(layout.snapshotsDir, COMMIT), join(layout.snapshotsDir, "main"));
  expect(await leftoversOf(layout.cacheDir, 0)).not.toContain(blobPath(layout, MODEL.digest.hex));
});

test("an original that a move set aside stays while nothing is in its place", async () => {
  const layout = await publishGolden(await tempDir());
  const aside = join(layout.locksDir, `moved-${"a".repeat(16)}`);
  await mkdir(layout.locksDir, { recursive: true });
  await rename(layout.repoDir, aside);
  expect(await leftoversOf(layout.cacheDir, 0)).toEqual([]);
  await mkdir(layout.repoDir);
  expect(await leftoversOf(layout.cacheDir, 0)).toContain(aside);
});

test("a file that came just now is no old one, whatever time it carries", async () => {
  const layout = await publishGolden(await tempDir());
  const blob = blobPath(layout, "b".repeat(64));
  await writeFile(blob, "x");
  await utimes(blob, OLD, OLD);
  expect(await leftoversOf(layout.cacheDir)).toEqual([]);
  expect(await leftoversOf(layout.cacheDir, 0)).toEqual([blob]);
});

async function emptyRepo(): Promise<RepoLayout> {
  const layout = repoLayout(await tempDir(), "acme/tiny");
  await prepareRepo(layout);
  return layout;
}

const wholeRepos = async (cacheDir: string, graceMs?: number): Promise<readonly string[]> =>
  (await planPrune(cacheDir, { graceMs })).repos
    .filter(({ whole }) => whole)
    .map(({ repoId }) => repoId);

test("an empty repo folder goes once it is old, and not with a pin or something unreadable in it", async () => {
  const layout = await emptyRepo();
  expect(await wholeRepos(layout.cacheDir)).toEqual([]);
  expect(await wholeRepos(layout.cacheDir, 0)).toEqual(["acme/tiny"]);
  const pins = join(layout.recordsDir, "pins");
  await mkdir(pins, { recursive: true });
  await writeFile(join(pins, COMMIT), "");
  expect(await wholeRepos(layout.cacheDir, 0)).toEqual([]);
  await rm(pins, { recursive: true });
  await mkdir(join(layout.repoDir, "odd"));
  await chmod(join(layout.repoDir, "odd"), 0o000);
  await becomeOrdinaryUser(layout.cacheDir);
  expect(await wholeRepos(layout.cacheDir, 0)).toEqual([]);
  await chmod(join(layout.repoDir, "odd"), 0o755);
});

test("a pinned repo is not removed by its name", async () => {
  const layout = await publishGolden(await tempDir());
  await pinModel(layout);
  expect(await codeOf(() => removeRepo(layout.cacheDir, "acme/tiny"))).toBe("cache/pinned");
  expect(await readdir(layout.snapshotsDir)).toEqual([COMMIT]);
});

test("locks are not removed through a link that was planted in place of their folder", async () => {
  const layout = await publishGolden(await tempDir());
  const outside = await tempDir();
  await mkdir(join(outside, "models--acme--tiny"));
  await writeFile(join(outside, "models--acme--tiny", "mine"), "x");
  await rm(join(layout.cacheDir, ".locks"), { recursive: true, force: true });
  await symlink(outside, join(layout.cacheDir, ".locks"));
  await removeRepo(layout.cacheDir, "acme/tiny").catch(() => {});
  expect(await readFile(join(outside, "models--acme--tiny", "mine"), "utf8")).toBe("x");
});

test("an empty repo that is filled or downloaded into is not discarded", async () => {
  const layout = await emptyRepo();
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let entered = (): void => {};
  const inside = new Promise<void>((resolve) => (entered = resolve));
  const filling = withRepoLock(layout, async () => {
    entered();
    await held;
    await writeFile(blobPath(layout, "c".repeat(40)), "x");
  });
  await inside;
  const discarding = discardEmptyRepo(layout);
  letGo();
  await filling;
  expect(await discarding).toBe(false);
  await rm(blobPath(layout, "c".repeat(40)));
  const leave = await announceDownload(layout);
  expect(await discardEmptyRepo(layout)).toBe(false);
  await leave();
  const { data, journal } = partialPaths(layout, "d".repeat(64));
  await writeFile(data, "");
  await writeFile(journal, "");
  expect(await discardEmptyRepo(layout)).toBe(false);
  expect(await discardEmptyRepo(layout, new Set([data]))).toBe(true);
  expect(await readdir(layout.cacheDir)).not.toContain("models--acme--tiny");
});

test("a payload of the shared store stays when a repo that may use it cannot be read", async () => {
  const layout = await publishGolden(await tempDir());
  const other = await publishGolden(layout.cacheDir, { repoId: "acme/other" });
  const hash = MODEL.xetHash ?? "";
  const payload = join(layout.cacheDir, "blobs", hash.slice(0, 2), hash);
  await mkdir(join(payload, ".."), { recursive: true });
  await writeFile(join(layout.cacheDir, "blobs", ".huggingface-shared-blobs"), "1\n");
  await rename(blobPath(layout, MODEL.digest.hex), payload);
  for (const { blobsDir } of [layout, other]) {
    const blob = join(blobsDir, MODEL.digest.hex);
    await rm(blob, { force: true });
    await symlink(`../../blobs/${hash.slice(0, 2)}/${hash}`, blob);
  }
  const line = ({ repoDir }: RepoLayout): string =>
    `${repoDir.slice(layout.cacheDir.length + 1)}/blobs/${MODEL.digest.hex}\n`;
  await writeFile(`${payload}.refs`, line(layout) + line(other));
  await chmod(other.blobsDir, 0o000);
  await becomeOrdinaryUser(layout.cacheDir);
  await applyRemoval(await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]));
  await chmod(other.blobsDir, 0o755);
  expect(await readFile(payload)).toEqual(golden("model.safetensors").content);
  expect(await readFile(`${payload}.refs`, "utf8")).toContain("acme--other");
});

test("a revision whose bytes mostly live on under another name is not evicted", async () => {
  const layout = await publishGolden(await tempDir());
  const plan = await planEviction(layout.cacheDir, { maxBytes: 0 });
  expect(plan).toMatchObject({ excessBytes: 0, repos: [{ repoId: "acme/tiny", whole: true }] });
  await link(blobPath(layout, MODEL.digest.hex), join(await tempDir(), "two"));
  const held = await planEviction(layout.cacheDir, { maxBytes: 0 });
  expect(held).toMatchObject({ repos: [], kept: [{ reason: "linked" }] });
  expect(held.excessBytes).toBeGreaterThan(0);
});

/**
 * The model's bytes as a payload of the shared store that the repo leads to. `lines` are added to
 * its list.
 */
async function shareModel(layout: RepoLayout, lines = ""): Promise<string> {
  const hash = MODEL.xetHash ?? "";
  const payload = join(layout.cacheDir, "blobs", hash.slice(0, 2), hash);
  await mkdir(join(payload, ".."), { recursive: true });
  await writeFile(join(layout.cacheDir, "blobs", ".huggingface-shared-blobs"), "1\n");
  await rename(blobPath(layout, MODEL.digest.hex), payload);
  await symlink(`../../blobs/${hash.slice(0, 2)}/${hash}`, blobPath(layout, MODEL.digest.hex));
  await writeFile(`${payload}.refs`, `models--acme--tiny/blobs/${MODEL.digest.hex}\n${lines}`);
  return payload;
}

test("a blob that leads to another payload is no user of this one, whatever the list says", async () => {
  const layout = await publishGolden(await tempDir());
  const other = await publishGolden(layout.cacheDir, { repoId: "acme/other" });
  const name = "e".repeat(64);
  await symlink(`../../blobs/ff/${"f".repeat(64)}`, join(other.blobsDir, name));
  const payload = await shareModel(layout, `models--acme--other/blobs/${name}\n`);
  await applyRemoval(await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]));
  await expect(readFile(payload)).rejects.toThrow("ENOENT");
});

test.skipIf(process.platform !== "linux")(
  "without flock(2) nothing of the shared store is touched, since its other users could not see our lock",
  async () => {
    const layout = await publishGolden(await tempDir());
    const payload = await shareModel(layout);
    const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]);
    vi.stubEnv("PATH", await tempDir());
    onTestFinished(() => void vi.unstubAllEnvs());
    await applyRemoval(plan);
    expect(await readFile(payload)).toEqual(golden("model.safetensors").content);
  },
);

test("a file outside of the repo that an entry leads to stays, and does not count", async () => {
  const layout = await publishGolden(await tempDir());
  const outside = join(await tempDir(), "theirs");
  await writeFile(outside, "not ours");
  const entry = snapshotPath(layout, COMMIT, "linked.bin");
  await symlink(outside, entry);
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }], {
    files: (path) => path === "linked.bin",
  });
  expect((await applyRemoval(plan)).freedBytes).toBe(0);
  expect(await readFile(outside, "utf8")).toBe("not ours");
  await expect(lstat(entry)).rejects.toMatchObject({ code: "ENOENT" });
});

test("what a user names is removed though it was used meanwhile", async () => {
  const layout = await publishGolden(await tempDir());
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny", revision: "main" }]);
  await recordUse(layout, COMMIT, { at: Date.now() + 60_000 });
  expect((await applyRemoval(plan)).removed).toMatchObject([{ commits: [COMMIT] }]);
});
