import {
  chmod,
  mkdir,
  readFile,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { becomeOrdinaryUser, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, FILES, golden, publishGolden, stage } from "../../test/golden-model.ts";
import { announceDownload } from "../lock/active-use.ts";
import { blobPath, lockPath, partialPaths, type RepoLayout, repoLayout } from "../names/layout.ts";
import { tryLock } from "../lock/lock.ts";
import { listPins, pinModel } from "../records/pin.ts";
import { scanCache } from "../scan/scan-cache.ts";
import { removeRepo } from "./remove-repo.ts";
import { writeRef } from "../records/ref.ts";
import { recordUse } from "../records/use-record.ts";
import { applyRemoval } from "./apply-removal.ts";
import { planEviction } from "./plan-eviction.ts";
import { planPrune } from "./plan-prune.ts";
import { planRemoval } from "./plan-removal.ts";

const OTHER = "89abcdef0123456789abcdef0123456789abcdef";
const MODEL = golden("model.safetensors").file;
const PAYLOAD = MODEL.xetHash ?? "";
const total = FILES.reduce((sum, { size }) => sum + size, 0);
const OLD = 1_000_000_000;

async function contents(cacheDir: string): Promise<Record<string, readonly string[]>> {
  const { repos } = await scanCache(cacheDir);
  return Object.fromEntries(
    repos.map(({ repoId, revisions }) => [repoId, revisions.map(({ commit }) => commit)]),
  );
}

async function findings(cacheDir: string): Promise<readonly string[]> {
  const scan = await scanCache(cacheDir);
  return [...scan.findings, ...scan.repos.flatMap((repo) => repo.findings)].map(({ code }) => code);
}

/** Puts the model file of these repos into one payload of the shared store, as newer Python clients do. */
async function share(layouts: readonly RepoLayout[]): Promise<string> {
  const [first] = layouts;
  const store = join(first?.cacheDir ?? "", "blobs");
  const payload = join(store, PAYLOAD.slice(0, 2), PAYLOAD);
  await mkdir(join(payload, ".."), { recursive: true });
  await writeFile(join(store, ".huggingface-shared-blobs"), "1\n");
  let lines = "";
  for (const layout of layouts) {
    const blob = blobPath(layout, MODEL.digest.hex);
    await rename(blob, payload);
    await symlink(`../../blobs/${PAYLOAD.slice(0, 2)}/${PAYLOAD}`, blob);
    lines += `${blob.slice(layout.cacheDir.length + 1)}\n`;
  }
  await writeFile(`${payload}.refs`, lines);
  return payload;
}

test("a revision is removed with its refs and its listing, and blobs that others need stay", async () => {
  const layout = await publishGolden(await tempDir());
  await publishGolden(layout.cacheDir, { commit: OTHER, revision: "v1", paths: ["README.md"] });
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny", revision: "main" }]);
  expect(plan.repos).toMatchObject([
    { whole: false, revisions: [{ commit: COMMIT, refs: ["main"] }] },
  ]);
  const result = await applyRemoval(plan);
  const freed = total - golden("README.md").file.size;
  expect(plan.freedBytes).toBe(freed);
  expect(result).toMatchObject({ freedBytes: freed, kept: [] });
  expect(await readdir(layout.snapshotsDir)).toEqual([OTHER]);
  expect(await readdir(layout.refsDir)).toEqual(["v1"]);
  expect(await readdir(layout.treesDir)).toEqual([`${OTHER}.json`]);
  expect(await readdir(layout.partialDir)).toEqual([]);
  expect(await readdir(layout.blobsDir)).toEqual([golden("README.md").file.digest.hex]);
});

test("the last revision takes the repo with it, unless something unfinished lies there", async () => {
  const layout = await publishGolden(await tempDir());
  await writeFile(partialPaths(layout, "0".repeat(40)).data, "paid for");
  const target = { repoId: "acme/tiny", revision: COMMIT };
  await applyRemoval(await planRemoval(layout.cacheDir, [target]));
  expect(await readdir(layout.partialDir)).toEqual([`${"0".repeat(40)}.data`]);
  expect(await readdir(layout.snapshotsDir)).toEqual([]);
  const result = await applyRemoval(await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]));
  expect(result.removed).toMatchObject([{ whole: true }]);
  expect(await contents(layout.cacheDir)).toEqual({});
});

test("two repos that share a commit, a digest and a prefix: each removal takes its own", async () => {
  const cacheDir = await tempDir();
  await publishGolden(cacheDir);
  const longer = await publishGolden(cacheDir, { repoId: "acme/tiny-2" });
  await publishGolden(cacheDir, { repoId: "acme/tin" });
  const target = { repoId: "acme/tiny", revision: COMMIT };
  await applyRemoval(await planRemoval(cacheDir, [target]));
  expect(await contents(cacheDir)).toEqual({ "acme/tin": [COMMIT], "acme/tiny-2": [COMMIT] });
  await applyRemoval(await planRemoval(cacheDir, [{ repoId: "acme/tin" }]));
  expect(await contents(cacheDir)).toEqual({ "acme/tiny-2": [COMMIT] });
  expect(await readdir(longer.blobsDir)).toHaveLength(FILES.length);
});

test("of a payload that two repos share the last one takes the bytes", async () => {
  const cacheDir = await tempDir();
  const a = await publishGolden(cacheDir, { repoId: "acme/a" });
  const b = await publishGolden(cacheDir, { repoId: "acme/b", commit: OTHER });
  const payload = await share([a, b]);
  const first = await planRemoval(cacheDir, [{ repoId: "acme/a" }]);
  expect(first.payloads).toEqual([]);
  await applyRemoval(first);
  expect(await readFile(payload)).toEqual(golden("model.safetensors").content);
  expect(await readFile(`${payload}.refs`, "utf8")).toBe(
    `models--acme--b/blobs/${MODEL.digest.hex}\n`,
  );
  expect((await scanCache(cacheDir)).repos[0]?.revisions[0]?.complete).toBe(true);
  const second = await planRemoval(cacheDir, [{ repoId: "acme/b" }]);
  expect(second.payloads).toEqual([{ path: payload, size: MODEL.size }]);
  await applyRemoval(second);
  expect(await readdir(join(payload, ".."))).toEqual([`${PAYLOAD}.lock`]);
});

test("a payload without its list of users is never taken", async () => {
  const layout = await publishGolden(await tempDir());
  const payload = await share([layout]);
  await rename(`${payload}.refs`, `${payload}.gone`);
  await applyRemoval(await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]));
  expect(await readFile(payload)).toEqual(golden("model.safetensors").content);
});

test("single files go by pattern, with blobs that nothing else leads to", async () => {
  const layout = await publishGolden(await tempDir());
  await publishGolden(layout.cacheDir, { commit: OTHER, revision: "v1", paths: ["config.json"] });
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }], {
    files: (path) => path.startsWith("sub/") || path === "config.json",
  });
  expect(plan.freedBytes).toBe(
    golden("sub/dir/notes.txt").file.size + golden("config.json").file.size,
  );
  await applyRemoval(plan);
  expect(await readdir(join(layout.snapshotsDir, COMMIT))).not.toContain("sub");
  expect(await readdir(layout.blobsDir)).toHaveLength(FILES.length - 2);
  expect(await readdir(layout.refsDir)).toEqual(["main", "v1"]);
});

test("pinned revisions stay, whatever is asked, also when pinned after the plan", async () => {
  const layout = await publishGolden(await tempDir());
  await publishGolden(layout.cacheDir, { commit: OTHER, revision: null });
  await pinModel(layout);
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]);
  expect(plan.kept).toMatchObject([{ commit: COMMIT, reason: "pinned" }]);
  await pinModel(layout, OTHER);
  const { removed, kept } = await applyRemoval(plan);
  expect(removed).toMatchObject([{ commits: [] }]);
  expect(kept.map(({ reason }) => reason)).toEqual(["pinned", "pinned"]);
  expect(await contents(layout.cacheDir)).toEqual({ "acme/tiny": [COMMIT, OTHER] });
});

test("a repo with a running download is left alone and reported", async () => {
  const layout = await publishGolden(await tempDir());
  await stage(layout, MODEL.path);
  const lock = await tryLock(lockPath(layout, MODEL.digest.hex));
  const { removed, kept } = await applyRemoval(
    await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]),
  );
  expect(removed).toEqual([]);
  expect(kept).toMatchObject([{ commit: null, reason: "downloading" }]);
  await lock?.release();
  expect(await findings(layout.cacheDir)).toEqual(["unfinished-download"]);
});

test("a download that announced itself is left alone, the sign of a dead one is not heeded", async () => {
  const layout = await publishGolden(await tempDir());
  const leave = await announceDownload(layout);
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]);
  expect((await applyRemoval(plan)).kept).toMatchObject([{ reason: "downloading" }]);
  expect(await codeOf(() => removeRepo(layout.cacheDir, "acme/tiny"))).toBe("cache/locked");
  await leave();
  await writeFile(join(layout.locksDir, `download-${"0".repeat(16)}.lock`), "");
  expect((await applyRemoval(plan)).removed).toMatchObject([{ whole: true }]);
});

test("a name that another kind of repo has here is told with that kind", async () => {
  const layout = await publishGolden(await tempDir());
  await rename(layout.repoDir, repoLayout(layout.cacheDir, "acme/tiny", "dataset").repoDir);
  const hint = 'A dataset of this name is: add `repoType: "dataset"`.';
  const error = { code: "cache/not-found", hint };
  const targets = [{ repoId: "acme/tiny" }];
  await expect(planRemoval(layout.cacheDir, targets)).rejects.toMatchObject(error);
  await expect(removeRepo(layout.cacheDir, "acme/tiny")).rejects.toMatchObject(error);
});

test("of two removals at once each repo goes once, and neither trips over the other", async () => {
  const cacheDir = await tempDir();
  const names = Array.from({ length: 12 }, (_, index) => `acme/m${index}`);
  for (const repoId of names) await publishGolden(cacheDir, { repoId, paths: ["README.md"] });
  const plan = await planRemoval(cacheDir, [], { where: ["name=acme/*"] });
  const [more, ...results] = await Promise.all([
    Array.fromAsync({ length: 5 }, () => planEviction(cacheDir, { maxBytes: 1 })),
    applyRemoval(plan),
    applyRemoval(plan),
    applyRemoval(plan),
  ]);
  expect(more).toHaveLength(5); // a concurrent scan sees the remaining files, and no fault
  const removed = results.flatMap((result) => result.removed.map(({ repoId }) => repoId));
  expect(removed.toSorted()).toEqual(names.toSorted());
  expect(results.flatMap(({ kept }) => kept)).toEqual([]);
  expect(await readdir(join(cacheDir, ".locks"))).toEqual([]);
  expect((await readdir(cacheDir)).filter((name) => name.startsWith("models--"))).toEqual([]);
});

test("a download that begins while a repo is removed waits, and then finds it empty", async () => {
  const layout = await publishGolden(await tempDir());
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]);
  const [leave] = await Promise.all([announceDownload(layout), applyRemoval(plan)]);
  const names = await readdir(layout.locksDir);
  expect(names.filter((name) => name.startsWith("download-"))).toHaveLength(1);
  await leave();
});

test("conditions choose revisions of the whole cache, and the newest may be kept", async () => {
  const cacheDir = await tempDir();
  await publishGolden(cacheDir);
  await publishGolden(cacheDir, { repoId: "acme/other", commit: OTHER, paths: ["README.md"] });
  const small = await planRemoval(cacheDir, [], { where: ["size<10", "name=acme/*"] });
  expect(small.repos.map(({ repoId }) => repoId)).toEqual(["acme/other"]);
  const mlx = await planRemoval(cacheDir, [], {
    where: ["mlx=true"],
    isMlx: async ({ path }) => path.includes("tiny"),
  });
  expect(mlx.repos.map(({ repoId }) => repoId)).toEqual(["acme/tiny"]);
  const none = await planRemoval(cacheDir, [], { where: ["size>0"], keepNewest: 1 });
  expect(none.repos).toEqual([]);
  expect(none.kept).toMatchObject([{ reason: "newest" }, { reason: "newest" }]);
});

test("prune removes revisions without a ref, but no pin, no fresh data and nothing used meanwhile", async () => {
  const layout = await publishGolden(await tempDir());
  const lone = { commit: OTHER, revision: null, paths: ["README.md"] } as const;
  await publishGolden(layout.cacheDir, lone);
  await writeFile(join(layout.blobsDir, `${"1".repeat(64)}.0a1b2c3d.incomplete`), "dead");
  await writeFile(join(layout.blobsDir, "2".repeat(64)), "orphan");
  const partial = partialPaths(layout, "3".repeat(64)).data;
  await writeFile(partial, "paid for");
  expect((await planPrune(layout.cacheDir)).repos[0]?.leftovers).toEqual([]);
  const plan = await planPrune(layout.cacheDir, { graceMs: 0 });
  expect(plan.repos[0]?.leftovers.map(({ size }) => size)).toEqual([4, 6, 8]);
  await recordUse(layout, OTHER, { at: Date.now() + 5000 });
  expect((await applyRemoval(plan)).kept).toMatchObject([{ commit: OTHER, reason: "used" }]);
  expect(await findings(layout.cacheDir)).toEqual([]);
  await pinModel(layout, OTHER);
  expect((await planPrune(layout.cacheDir)).repos).toEqual([]);
});

test("prune removes payloads that no repo leads to any more", async () => {
  const layout = await publishGolden(await tempDir());
  const payload = await share([layout]);
  await rename(layout.repoDir, join(await tempDir(), "away"));
  const plan = await planPrune(layout.cacheDir);
  expect(plan).toMatchObject({ payloads: [{ path: payload }], freedBytes: MODEL.size });
  expect((await applyRemoval(plan)).freedBytes).toBe(MODEL.size);
});

test("prune finds leftovers of killed moves and repairs", async () => {
  const layout = await publishGolden(await tempDir());
  const moving = join(layout.locksDir, "moving", "blobs");
  await mkdir(moving, { recursive: true });
  await writeFile(join(moving, "half"), "half a copy");
  await mkdir(layout.quarantineDir, { recursive: true });
  await writeFile(join(layout.quarantineDir, "bad"), "damaged");
  // Half a copy may belong to a move that goes on; what is in quarantine belongs to nobody.
  expect((await planPrune(layout.cacheDir)).freedBytes).toBe("damaged".length);
  const plan = await planPrune(layout.cacheDir, { graceMs: 0 });
  expect(plan.freedBytes).toBe("half a copydamaged".length);
  expect((await applyRemoval(plan)).freedBytes).toBe(plan.freedBytes);
  expect(await readdir(layout.locksDir)).not.toContain("moving");
  expect(await readdir(layout.quarantineDir)).toEqual([]);
});

test("prune takes the folder that a killed removal left, but none with a ref, and none too soon", async () => {
  const layout = await publishGolden(await tempDir());
  const other = await publishGolden(layout.cacheDir, { repoId: "acme/ref", commit: OTHER });
  for (const { snapshotsDir } of [layout, other]) await rm(snapshotsDir, { recursive: true });
  await rm(layout.refsDir, { recursive: true });
  expect((await planPrune(layout.cacheDir)).repos).toEqual([]);
  const plan = await planPrune(layout.cacheDir, { graceMs: 0 });
  expect(plan.repos).toMatchObject([
    { repoId: "acme/ref", whole: false },
    { repoId: "acme/tiny", whole: true },
  ]);
  const { removed } = await applyRemoval(plan);
  expect(removed.map(({ repoId, whole }) => [repoId, whole])).toContainEqual(["acme/tiny", true]);
  const names = await readdir(layout.cacheDir);
  expect(names).not.toContain("models--acme--tiny");
  expect(names).toContain("models--acme--ref");
});

test("blobs that an unknown folder among the snapshots leads to stay", async () => {
  const layout = await publishGolden(await tempDir());
  const blob = golden("README.md").file.digest.hex;
  await mkdir(join(layout.snapshotsDir, "mine"));
  await symlink(`../../blobs/${blob}`, join(layout.snapshotsDir, "mine", "README.md"));
  await writeFile(partialPaths(layout, "0".repeat(40)).data, "so that the repo stays");
  const target = { repoId: "acme/tiny", revision: "main" };
  await applyRemoval(await planRemoval(layout.cacheDir, [target]));
  expect(await readdir(layout.blobsDir)).toEqual([blob]);
});

test("eviction takes the longest unused first, until the cache is small enough", async () => {
  const cacheDir = await tempDir();
  const names = ["acme/a", "acme/b", "acme/c", "acme/d"];
  for (const [at, repoId] of names.entries()) {
    const commit = String(at).repeat(40);
    const layout = await publishGolden(cacheDir, { repoId, commit });
    await recordUse(layout, commit, { at: (OLD + [3, 1, 2, 0][at]!) * 1000 });
    if (repoId === "acme/d") await pinModel(layout);
  }
  const plan = await planEviction(cacheDir, { maxBytes: 2 * total + 50 });
  expect(plan).toMatchObject({ sizeOnDisk: 4 * total, excessBytes: 0 });
  expect(plan.repos.map(({ repoId }) => repoId)).toEqual(["acme/b", "acme/c"]);
  await applyRemoval(plan);
  expect((await scanCache(cacheDir)).sizeOnDisk).toBe(2 * total);
  expect(await readdir(cacheDir)).not.toContain("models--acme--b");
  const more = await planEviction(cacheDir, { maxBytes: 0 });
  expect(more).toMatchObject({
    excessBytes: total,
    kept: [{ repoId: "acme/d", reason: "pinned" }],
  });
});

test("without a noted use a revision counts as used when it came", async () => {
  const cacheDir = await tempDir();
  const old = await publishGolden(cacheDir, { repoId: "acme/old", symlinks: false });
  await publishGolden(cacheDir, { repoId: "acme/new", commit: OTHER });
  for (const { path } of FILES) await utimes(join(old.snapshotsDir, COMMIT, path), OLD, OLD);
  await utimes(join(old.snapshotsDir, COMMIT), OLD, OLD);
  const plan = await planEviction(cacheDir, { maxBytes: total });
  expect(plan.repos.map(({ repoId }) => repoId)).toEqual(["acme/old"]);
});

test("an absent repo or an invalid id is refused before anything is removed", async () => {
  const { cacheDir } = await publishGolden(await tempDir());
  const plan = (repoId: string, revision?: string): Promise<unknown> =>
    planRemoval(cacheDir, [{ repoId, revision }]);
  expect(await codeOf(() => plan("acme/none"))).toBe("cache/not-found");
  expect(await codeOf(() => plan("acme/tiny", OTHER))).toBe("cache/not-found");
  expect(await codeOf(() => plan("acme/tiny/../.."))).toBe("cache/invalid-repo-id");
  expect(await codeOf(() => plan("acme/tiny", "../main"))).toBe("cache/invalid-revision");
  expect(await codeOf(() => planRemoval(cacheDir, []))).toBe("cache/invalid-filter");
});

test("blobs stay when not everything that may lead to them can be read", async () => {
  const layout = await publishGolden(await tempDir());
  await publishGolden(layout.cacheDir, { commit: OTHER, revision: "v1" });
  await chmod(join(layout.snapshotsDir, OTHER), 0o000);
  await becomeOrdinaryUser(layout.cacheDir);
  const target = { repoId: "acme/tiny", revision: "main" };
  const plan = await planRemoval(layout.cacheDir, [target]);
  expect(plan.freedBytes).toBe(0);
  await applyRemoval(plan);
  await chmod(join(layout.snapshotsDir, OTHER), 0o755);
  expect(await readdir(layout.snapshotsDir)).toEqual([OTHER]);
  expect(await readdir(layout.blobsDir)).toHaveLength(FILES.length);
  // A repo whose content cannot be read is not an empty shell either, and its blobs are not
  // leftovers.
  await chmod(layout.snapshotsDir, 0o000);
  expect((await planPrune(layout.cacheDir, { graceMs: 0 })).repos).toEqual([]);
  await chmod(layout.snapshotsDir, 0o755);
});

test("a pin that is set after the plan was made keeps a repo from going whole", async () => {
  const layout = await publishGolden(await tempDir());
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]);
  expect(plan.repos).toMatchObject([{ whole: true }]);
  await pinModel(layout);
  const result = await applyRemoval(plan);
  expect(result).toMatchObject({ removed: [{ commits: [] }], kept: [{ reason: "pinned" }] });
  expect(await contents(layout.cacheDir)).toEqual({ "acme/tiny": [COMMIT] });
});

test("a pin of something that is not here stays with its repo's folder", async () => {
  const layout = await publishGolden(await tempDir());
  await publishGolden(layout.cacheDir, { commit: OTHER, revision: "v1", paths: ["README.md"] });
  await pinModel(layout, OTHER);
  await rm(join(layout.snapshotsDir, OTHER), { recursive: true });
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]);
  expect(plan.repos).toMatchObject([{ whole: false }]);
  await applyRemoval({ ...plan, repos: plan.repos.map((repo) => ({ ...repo, whole: true })) });
  expect(await readdir(layout.snapshotsDir)).toEqual([]);
  expect(await listPins(layout.cacheDir)).toMatchObject([{ revision: OTHER }]);
});

test("of a repo that lies elsewhere only the link goes: nothing is freed, and its payloads keep their user", async () => {
  const layout = await publishGolden(await tempDir());
  const payload = await share([layout]);
  const elsewhere = join(await tempDir(), "models--acme--tiny");
  await rename(layout.repoDir, elsewhere);
  await symlink(elsewhere, layout.repoDir);
  const blob = join(elsewhere, "blobs", MODEL.digest.hex);
  await rm(blob);
  await symlink(payload, blob);
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }]);
  expect(plan).toMatchObject({ freedBytes: 0, payloads: [], repos: [{ whole: true, elsewhere }] });
  expect(await applyRemoval(plan)).toMatchObject({ freedBytes: 0 });
  expect(await readFile(payload)).toEqual(golden("model.safetensors").content);
  expect(await readdir(join(elsewhere, "snapshots"))).toEqual([COMMIT]);
});

test("a revision that got a ref after the plan was made stays", async () => {
  const layout = await publishGolden(await tempDir(), { revision: null });
  const plan = await planPrune(layout.cacheDir, { graceMs: 0 });
  expect(plan.repos).toMatchObject([{ revisions: [{ commit: COMMIT }] }]);
  await writeRef(layout, "main", COMMIT);
  const result = await applyRemoval(plan);
  expect(result.kept).toMatchObject([{ commit: COMMIT, reason: "used" }]);
  expect(await readdir(layout.snapshotsDir)).toEqual([COMMIT]);
});

test("a leftover that something needs by the time it would go stays", async () => {
  const layout = await publishGolden(await tempDir());
  const entry = join(layout.snapshotsDir, COMMIT, "config.json");
  const text = await readlink(entry);
  await rm(entry);
  const plan = await planPrune(layout.cacheDir, { graceMs: 0 });
  const blob = blobPath(layout, golden("config.json").file.digest.hex);
  expect(plan.repos[0]?.leftovers.map(({ path }) => path)).toContain(blob);
  await symlink(text, entry);
  await applyRemoval(plan);
  expect(await readFile(entry, "utf8")).toBe('{"model_type":"llama"}\n');
});

test("a leftover stays when by then not everything can be read", async () => {
  const layout = await publishGolden(await tempDir());
  await rm(join(layout.snapshotsDir, COMMIT, "config.json"));
  const plan = await planPrune(layout.cacheDir, { graceMs: 0 });
  await chmod(join(layout.snapshotsDir, COMMIT), 0o000);
  await becomeOrdinaryUser(layout.cacheDir);
  await applyRemoval(plan);
  await chmod(join(layout.snapshotsDir, COMMIT), 0o755);
  expect(await readdir(layout.blobsDir)).toContain(golden("config.json").file.digest.hex);
});

test("single files of a revision that is pinned by then stay", async () => {
  const layout = await publishGolden(await tempDir());
  const files = (path: string): boolean => path === "README.md";
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }], { files });
  expect(plan.repos).toMatchObject([{ files: [{ path: "README.md" }] }]);
  await pinModel(layout);
  const result = await applyRemoval(plan);
  expect(result.kept).toMatchObject([{ commit: COMMIT, reason: "pinned" }]);
  expect(await readFile(join(layout.snapshotsDir, COMMIT, "README.md"), "utf8")).toBe("# tiny\n");
});

test("a listener that throws does not stop a removal half way", async () => {
  const layout = await publishGolden(await tempDir());
  const plan = await planRemoval(layout.cacheDir, [{ repoId: layout.repoId }]);
  const { removed } = await applyRemoval(plan, {
    onEvent() {
      throw new Error("the listener's own");
    },
  });
  expect(removed.map(({ repoId }) => repoId)).toEqual([layout.repoId]);
  expect(await contents(layout.cacheDir)).toEqual({});
});
