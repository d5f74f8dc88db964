import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { blobPath, readRef, readTreeRecord, repoLayout } from "@mlx-download/cache";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import type { KnownSnapshot } from "../src/settings/known-snapshot.ts";
import { download } from "../src/download/download.ts";
import { downloadMany } from "../src/download/download-many.ts";
import { identifyModel } from "../src/find/identify-model.ts";
import { failure, filesBelow, MODEL, provedBlobs, startRoad } from "./fixture.ts";

const card = "---\nlicense: mit\n---\n# tiny\n";

/** A road to a repo that is identified, as a lock keeps it. The cache is empty and the Hub's log too. */
async function startKnown() {
  const road = await startRoad();
  const { hub, cacheDir } = road;
  const { commit } = await hub.addRepo("acme/tiny", { ...MODEL, "README.md": card });
  const identified = await identifyModel("acme/tiny", {
    env: {},
    endpoint: hub.url,
    cacheDir,
    token: false,
  });
  hub.log.clear();
  const get = (ref: KnownSnapshot = identified, over: object = {}) =>
    download(ref, {
      env: {},
      endpoint: hub.url,
      cacheDir,
      token: false,
      onEvent: (event) => road.events.push(event),
      ...over,
    });
  return { ...road, get, identified, commit, layout: repoLayout(cacheDir, "acme/tiny") };
}

test("a model is identified without fetching its weights or writing anything", async () => {
  const { identified, commit, cacheDir } = await startKnown();
  expect(identified).toMatchObject({
    repoId: "acme/tiny",
    revision: "main",
    commit,
    modelType: "llama",
    quantization: null,
    repo: { objectId: expect.stringMatching(/^[0-9a-f]{24}$/), gated: false, license: "mit" },
  });
  const named = new Map(identified.files.map(({ path, gitSha1 }) => [path, gitSha1?.length]));
  expect(Object.fromEntries(named)).toEqual({
    "README.md": 40,
    "config.json": 40,
    "empty.txt": 40,
    "model.safetensors": undefined,
    "sub/dir/notes.txt": 40,
  });
  expect(await filesBelow(cacheDir)).toEqual([]);
});

test("a known snapshot asks the Hub for nothing but bytes, once", async () => {
  const { hub, get, cacheDir, commit, layout, identified } = await startKnown();
  const result = await get();
  expect(result).toMatchObject({ commit, revision: "main", fromCache: false });
  expect(hub.log.of({ target: "api" })).toEqual([]);
  const asked = new Set(hub.log.entries.map(({ path }) => path));
  const nonEmpty = identified.files.filter(({ size }) => size > 0);
  expect(asked).toEqual(new Set(nonEmpty.map(({ path }) => path)));
  expect(await provedBlobs(cacheDir, "acme/tiny")).toHaveLength(5);
  expect(await readRef(layout, "main")).toBe(commit);
  expect(await readTreeRecord(layout, commit)).toBeUndefined();
  hub.log.clear();
  expect(await get()).toMatchObject({ fromCache: true, path: result.path });
  expect(await get(undefined, { offline: true })).toMatchObject({ fromCache: true });
  expect(hub.log.entries).toEqual([]);
});

test("a ref that the cache has stays where it is", async () => {
  const { hub, get, identified, layout, commit, cacheDir } = await startKnown();
  const newer = await hub.addRepo("acme/tiny", { ...MODEL, "config.json": "{}" });
  await download("acme/tiny", { env: {}, endpoint: hub.url, cacheDir, token: false });
  const { path } = await get(identified);
  expect(path).toContain(commit);
  expect(await readRef(layout, "main")).toBe(newer.commit);
});

test("a file that differs from what is asked is refused: in bytes, size, or what the Hub listed", async () => {
  const { hub, get, identified, cacheDir } = await startKnown();
  const changed = (path: string, change: object): KnownSnapshot => ({
    ...identified,
    files: identified.files.map((file) => (file.path === path ? { ...file, ...change } : file)),
  });
  const sha256 = "0".repeat(64);
  const evil = [
    changed("model.safetensors", { sha256 }),
    changed("config.json", { sha256 }),
    changed("config.json", { gitSha1: "0".repeat(40) }),
    changed("model.safetensors", { size: 2_999_999 }),
  ];
  const codes = async (): Promise<string[]> => {
    const seen: string[] = [];
    for (const one of evil) seen.push((await failure(get(one))).code);
    return seen;
  };
  const mismatch = "transfer/checksum-mismatch";
  expect(await codes()).toEqual([mismatch, mismatch, mismatch, "transfer/size-mismatch"]);
  // Now the cache has all of it, without and then with the Hub's listing.
  await get();
  expect((await codes()).slice(0, 3)).toEqual([mismatch, mismatch, mismatch]);
  await download("acme/tiny", { env: {}, endpoint: hub.url, cacheDir, token: false });
  hub.log.clear();
  expect(await codes()).toEqual([mismatch, mismatch, mismatch, "transfer/size-mismatch"]);
  expect(hub.log.entries).toEqual([]);
});

test.each([
  ["a path that leaves the folder", { path: "../x" }, "cache/unsafe-path"],
  ["no digest", { sha256: "x" }, "settings/invalid"],
  ["a size below zero", { size: -1 }, "settings/invalid"],
])("a known file with %s is refused before anything is asked", async (_what, change, code) => {
  const { hub, get, identified } = await startKnown();
  const files = identified.files.map((file, at) => (at === 0 ? { ...file, ...change } : file));
  expect((await failure(get({ ...identified, files }))).code).toBe(code);
  expect(hub.log.entries).toEqual([]);
});

test("a mirror that still has the commit gives it when the Hub no longer does", async () => {
  const { hub, get, identified, commit, events } = await startKnown();
  const mirror = await startTestHub();
  onTestFinished(() => mirror.close());
  await mirror.addRepo("acme/tiny", { ...MODEL, "README.md": card });
  hub.store.removeRepo("acme/tiny");
  const result = await get(identified, { endpoint: [hub.url, mirror.url] });
  expect(result).toMatchObject({ commit, fromCache: false });
  expect(mirror.log.of({ target: "api" })).toEqual([]);
  expect(events.some(({ type }) => type === "source-switched")).toBe(true);
});

test("a commit that is gone is taken by digest from what the branch has now", async () => {
  const { hub, get, identified, commit, events, layout, cacheDir } = await startKnown();
  hub.store.removeRepo("acme/tiny");
  await hub.addRepo("acme/tiny", {
    ...MODEL,
    "README.md": card,
    "model.safetensors": { size: 10, seed: 1 },
    "weights/old.safetensors": MODEL["model.safetensors"],
  });
  const result = await get();
  expect(result).toMatchObject({ commit });
  expect(await provedBlobs(cacheDir, "acme/tiny")).toHaveLength(5);
  const warnings = events.filter((event) => event.type === "warning");
  expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(["lock/commit-gone"]));
  expect(await readRef(layout, "main")).toBeUndefined();
  expect(identified.commit).toBe(commit);
});

test("a commit that is gone everywhere is made of the blobs of a neighbour, and fails without one", async () => {
  const { hub, get, identified, commit, cacheDir, layout } = await startKnown();
  await hub.addRepo("acme/copy", { ...MODEL, "README.md": card });
  hub.store.removeRepo("acme/tiny");
  expect(await failure(get())).toMatchObject({ code: "hub/repo-not-found" });
  await download("acme/copy", { env: {}, endpoint: hub.url, cacheDir, token: false });
  const result = await get(identified);
  expect(result).toMatchObject({ commit, fromCache: false });
  expect(await provedBlobs(cacheDir, "acme/tiny")).toHaveLength(5);
  expect(await readRef(layout, "main")).toBeUndefined();
  const other = join(await tempDir(), "hub");
  expect(await failure(get(identified, { cacheDir: other }))).toMatchObject({
    code: "hub/repo-not-found",
  });
});

test("offline, a neighbour's blobs are enough, and a damaged one is not", async () => {
  const { hub, get, cacheDir, identified } = await startKnown();
  await hub.addRepo("acme/copy", { ...MODEL, "README.md": card });
  const options = { env: {}, endpoint: hub.url, cacheDir, token: false } as const;
  expect(await failure(get(undefined, { offline: true }))).toMatchObject({
    code: "offline/not-cached",
  });
  await download("acme/copy", options);
  hub.log.clear();
  expect(await get(undefined, { offline: true })).toMatchObject({ fromCache: false });
  expect(hub.log.entries).toEqual([]);
  await rm(repoLayout(cacheDir, "acme/tiny").repoDir, { recursive: true });
  const weights = identified.files.find(({ path }) => path === "model.safetensors");
  const copy = blobPath(repoLayout(cacheDir, "acme/copy"), weights?.sha256 ?? "");
  await writeFile(copy, Buffer.alloc(3_000_000));
  expect(await failure(get(undefined, { offline: true }))).toMatchObject({
    code: "offline/not-cached",
  });
});

test("several known snapshots come together, two parts of one commit among them", async () => {
  const { hub, identified, cacheDir } = await startKnown();
  await hub.addRepo("acme/other", MODEL);
  const options = { env: {}, endpoint: hub.url, cacheDir, token: false } as const;
  const other = await identifyModel("acme/other", { ...options, include: "*.json" });
  const part = {
    ...identified,
    files: identified.files.filter(({ path }) => path === "empty.txt"),
  };
  const outcomes = await downloadMany([identified, part, other], options);
  expect(outcomes.map((one) => one.ok && one.result.files.length)).toEqual([5, 1, 1]);
});
