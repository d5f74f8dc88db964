import { lstat, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { findCached } from "../src/download/find-cached.ts";
import { planModel } from "../src/download/plan-model.ts";
import { failure, filesBelow, MODEL, provedBlobs, startRoad } from "./fixture.ts";

test("a model comes into an empty cache, proved, in the layout that every tool reads", async () => {
  const { hub, cacheDir, get, events } = await startRoad();
  const { commit } = await hub.addRepo("acme/tiny", MODEL);
  const result = await get("acme/tiny");

  expect(result).toMatchObject({
    repoId: "acme/tiny",
    revision: "main",
    commit,
    path: join(cacheDir, "models--acme--tiny/snapshots", commit),
    fromCache: false,
    bytes: { total: 3_000_029, cached: 0, resumed: 0, copied: 0, fetched: 3_000_029 },
  });
  expect(result.files.map(({ path, status }) => [path, status])).toEqual([
    ["config.json", "fetched"],
    ["empty.txt", "fetched"],
    ["model.safetensors", "fetched"],
    ["sub/dir/notes.txt", "fetched"],
  ]);
  expect(await readFile(join(result.path, "sub/dir/notes.txt"), "utf8")).toBe("hello\n");
  expect(await readlink(join(result.path, "sub/dir/notes.txt"))).toMatch(
    /^\.\.\/\.\.\/\.\.\/\.\.\/blobs\/[0-9a-f]{40}$/,
  );
  expect(await readFile(join(cacheDir, "models--acme--tiny/refs/main"), "utf8")).toBe(commit);
  expect(await provedBlobs(cacheDir, "acme/tiny")).toHaveLength(4);
  expect(await filesBelow(join(cacheDir, "models--acme--tiny/.partial"))).toEqual([]);
  expect(events.at(-1)).toMatchObject({ type: "result", result: { commit } });
  expect(hub.log.of({ target: "cdn" }).some((entry) => entry.authorization)).toBe(false);
});

test("the second run makes one request, a run by commit none", async () => {
  const { hub, get } = await startRoad();
  const { commit } = await hub.addRepo("acme/tiny", MODEL);
  await get("acme/tiny");
  hub.log.clear();
  const second = await get("acme/tiny");
  expect(second).toMatchObject({ fromCache: true, bytes: { cached: 3_000_029, wire: 0 } });
  expect(hub.log.entries.map((entry) => entry.path)).toEqual([
    "/api/models/acme/tiny/revision/main",
  ]);
  hub.log.clear();
  expect(await get(`acme/tiny@${commit}`)).toMatchObject({ fromCache: true, path: second.path });
  expect(hub.log.entries).toEqual([]);
});

test("a Hub that says nothing is asked once where the cache has an answer", async () => {
  const { hub, get, events } = await startRoad();
  const { commit } = await hub.addRepo("acme/tiny", MODEL);
  await get("acme/tiny");
  hub.log.clear();
  hub.faults.add({ on: "api", kind: "stall" });
  const result = await get("acme/tiny", { env: { HF_HUB_ETAG_TIMEOUT: "1" } });
  expect(result).toMatchObject({ commit, fromCache: true });
  expect(hub.log.entries).toHaveLength(1);
  expect(events).toContainEqual(
    expect.objectContaining({ type: "warning", code: "hub/unreachable" }),
  );
});

test("downloads are counted as such, carry our name, and ask for bytes as they are", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  await get("acme/tiny");
  for (const entry of hub.log.of((one) => one.target !== "api")) {
    expect(entry.headers["accept-encoding"]).toBe("identity");
    expect(entry.headers["x-hf-download-counter"]).toBe("1");
    expect(entry.userAgent).toMatch(/^mlx-download\//);
  }
});

test("a moved branch fetches only what changed and moves the ref", async () => {
  const { hub, cacheDir, get } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  await get("acme/tiny");
  const { commit } = await hub.addRepo("acme/tiny", { ...MODEL, "config.json": "{}\n" });
  const result = await get("acme/tiny");
  expect(result).toMatchObject({ commit, bytes: { fetched: 3, cached: 3_000_006 } });
  expect(await readFile(join(cacheDir, "models--acme--tiny/refs/main"), "utf8")).toBe(commit);
});

test("patterns choose files, and what was left out comes later without fetching the rest again", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const some = await get("acme/tiny", { include: ["*.json"] });
  expect(some.files.map((file) => file.path)).toEqual(["config.json"]);
  const rest = await get("acme/tiny");
  expect(rest.bytes).toMatchObject({ cached: 23, fetched: 3_000_006 });
});

test("patterns that match nothing are an error that names the way out", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const error = await failure(get("acme/tiny", { include: "*.gguf" }));
  expect(error.code).toBe("select/no-match");
  expect(await filesBelow(cacheDir)).toEqual([]);
});

test("a repo without files is an error that does not speak of patterns", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/empty", {});
  const error = await failure(get("acme/empty"));
  expect(error).toMatchObject({ code: "select/no-match", message: "acme/empty has no files" });
  expect(error.hint).not.toContain("Patterns");
});

test("two files of equal bytes are fetched once", async () => {
  const { hub, get } = await startRoad();
  const weights = { size: 2_000_000, seed: 3 };
  await hub.addRepo("acme/twins", { "a.safetensors": weights, "b.safetensors": weights });
  const result = await get("acme/twins");
  expect(result.bytes).toMatchObject({ total: 4_000_000, fetched: 2_000_000, copied: 2_000_000 });
  expect(result.bytes.wire).toBe(2_000_000);
});

test("bytes that another repo of the cache has are copied and proved, not fetched", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/one", { "model.safetensors": { size: 3_000_000, seed: 9 } });
  await hub.addRepo("acme/two", { "weights.safetensors": { size: 3_000_000, seed: 9 } });
  await get("acme/one");
  const result = await get("acme/two");
  expect(result).toMatchObject({ fromCache: false, bytes: { copied: 3_000_000, wire: 0 } });
  await provedBlobs(cacheDir, "acme/two");
});

test("a copy from this disk tells how far it is, and ends when it is aborted", async () => {
  const { hub, get, cacheDir } = await startRoad();
  const weights = { size: 200_000_000, seed: 9 };
  await hub.addRepo("acme/one", { "model.safetensors": weights });
  await hub.addRepo("acme/two", { "weights.safetensors": weights });
  await get("acme/one");
  const stop = new AbortController();
  const seen: number[] = [];
  const copying = get("acme/two", {
    signal: stop.signal,
    onEvent(event) {
      if (event.type !== "progress" || event.bytes.copied === 0) return;
      seen.push(event.bytes.copied);
      stop.abort(new Error("enough"));
    },
  });
  await expect(copying).rejects.toThrow("enough");
  expect(seen[0]).toBeGreaterThan(0);
  expect(await filesBelow(join(cacheDir, "models--acme--two/.partial"))).toEqual([]);
  expect((await get("acme/two")).bytes).toMatchObject({ copied: 200_000_000, wire: 0 });
});

test("a copy on this disk that was damaged is noticed and fetched instead", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/one", { "model.safetensors": { size: 3_000_000, seed: 9 } });
  await hub.addRepo("acme/two", { "weights.safetensors": { size: 3_000_000, seed: 9 } });
  const [blob = ""] = await get("acme/one").then(() => provedBlobs(cacheDir, "acme/one"));
  const path = join(cacheDir, "models--acme--one/blobs", blob);
  const bytes = await readFile(path);
  bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1;
  await writeFile(path, bytes);
  expect((await get("acme/two")).bytes).toMatchObject({ copied: 0, fetched: 3_000_000 });
  await provedBlobs(cacheDir, "acme/two");
});

test("force fetches everything anew and replaces what was there", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  await get("acme/tiny");
  const result = await get("acme/tiny", { force: true });
  expect(result.bytes).toMatchObject({ cached: 0, fetched: 3_000_029 });
  await provedBlobs(cacheDir, "acme/tiny");
});

test("a truncated blob in the cache is not believed", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const { path } = await get("acme/tiny");
  await writeFile(join(path, "model.safetensors"), "short");
  expect((await get("acme/tiny")).bytes).toMatchObject({ fetched: 3_000_000 });
  await provedBlobs(cacheDir, "acme/tiny");
});

test("without symlinks the files themselves lie in the snapshot", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const env = { HF_HUB_DISABLE_SYMLINKS: "1" };
  const { path } = await get("acme/tiny", { env });
  expect((await lstat(join(path, "model.safetensors"))).isFile()).toBe(true);
  expect(await get("acme/tiny", { env })).toMatchObject({ fromCache: true });
});

test("a local dir gets plain files and no ref in the cache; the second run fetches nothing", async () => {
  const { hub, get, cacheDir } = await startRoad();
  const weights = { size: 2_000_000, seed: 3 };
  await hub.addRepo("acme/tiny", {
    ...MODEL,
    "twin.safetensors": weights,
    "b.safetensors": weights,
  });
  const localDir = join(await tempDir(), "model");
  const result = await get("acme/tiny", { localDir });
  expect(result.path).toBe(localDir);
  const files = (await filesBelow(localDir)).filter((path) => !path.startsWith(".cache"));
  expect(files).toEqual(result.files.map((file) => file.path).toSorted());
  expect(await filesBelow(cacheDir)).toEqual([]);
  expect(await get("acme/tiny", { localDir })).toMatchObject({ fromCache: true });
});

test("a plan says what would come, and writes nothing", async () => {
  const { hub, cacheDir } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const options = { env: {}, endpoint: hub.url, cacheDir, token: false } as const;
  const plan = await planModel("acme/tiny", options);
  expect(plan.bytes).toMatchObject({ total: 3_000_029, cached: 0, toFetch: 3_000_029 });
  expect(plan.files.every((file) => file.action === "fetch")).toBe(true);
  expect(await filesBelow(cacheDir)).toEqual([]);
  expect(await findCached("acme/tiny", options)).toBeUndefined();
});

test("offline, a whole snapshot is found by branch and by commit, and a partial one is refused by name", async () => {
  const { hub, get, cacheDir } = await startRoad();
  const { commit } = await hub.addRepo("acme/tiny", MODEL);
  const { path } = await get("acme/tiny");
  hub.log.clear();
  expect(await get("acme/tiny", { offline: true })).toMatchObject({ path, fromCache: true });
  expect(await get(`acme/tiny@${commit}`, { offline: true })).toMatchObject({ path });
  expect(await findCached("acme/tiny", { env: {}, cacheDir })).toEqual({
    repoId: "acme/tiny",
    commit,
    path,
    warning: undefined,
  });
  await rm(join(path, "model.safetensors"));
  await rm(join(cacheDir, "models--acme--tiny/blobs"), { recursive: true });
  const error = await failure(get("acme/tiny", { offline: true }));
  expect(error.code).toBe("offline/not-cached");
  expect(error.data["missing"]).toContain("model.safetensors");
  expect(await findCached("acme/tiny", { env: {}, cacheDir })).toBeUndefined();
  expect(hub.log.entries).toEqual([]);
});

test("offline, a snapshot whose listing nobody recorded is taken as it is, unless a shard is missing", async () => {
  const { hub, get, cacheDir, events } = await startRoad();
  const index = { weight_map: { a: "model-1.safetensors", b: "model-2.safetensors" } };
  const { commit } = await hub.addRepo("acme/old", {
    "model.safetensors.index.json": JSON.stringify(index),
    "model-1.safetensors": { size: 2_000_000, seed: 1 },
    "model-2.safetensors": { size: 2_000_000, seed: 2 },
  });
  const { path, files } = await get("acme/old");
  await rm(join(cacheDir, "models--acme--old/trees"), { recursive: true });
  const again = await get("acme/old", { offline: true });
  expect(again).toMatchObject({ commit, path, fromCache: true });
  expect(again.files.map(({ path: name, digest }) => [name, digest])).toEqual(
    files.map(({ path: name, digest }) => [name, digest]),
  );
  expect(events.some((event) => event.type === "warning")).toBe(true);
  await rm(join(path, "model-2.safetensors"));
  const error = await failure(get("acme/old", { offline: true }));
  expect(error.data["missing"]).toEqual(["model-2.safetensors"]);
});

test("offline and never downloaded is a coded error", async () => {
  const { get } = await startRoad();
  expect((await failure(get("acme/none", { offline: true }))).code).toBe("offline/not-cached");
});

test("when the Hub is away the cache answers, and says so", async () => {
  const { hub, get, events } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const { path } = await get("acme/tiny");
  await hub.close();
  expect(await get("acme/tiny")).toMatchObject({ path, fromCache: true });
  expect(events.some((event) => event.type === "warning" && event.code === "hub/unreachable")).toBe(
    true,
  );
});

test("an abort ends the download with its reason, keeps the journal, and the next run goes on", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/big", { "model.safetensors": { size: 24_000_000, seed: 5 } });
  hub.faults.add({ on: "cdn", kind: "hold", afterBytes: 1_000_000, until: new Promise(() => {}) });
  const controller = new AbortController();
  const reason = new Error("closed the lid");
  const running = get("acme/big", {
    signal: controller.signal,
    onEvent: (event) => {
      if (event.type === "progress" && event.bytes.fetched >= 1_000_000) controller.abort(reason);
    },
  });
  await expect(running).rejects.toBe(reason);
  hub.faults.clear();
  const result = await get("acme/big");
  expect(result.bytes.resumed).toBeGreaterThanOrEqual(1_000_000);
  expect(result.bytes.resumed + result.bytes.fetched).toBe(24_000_000);
  expect(result.files[0]?.status).toBe("resumed");
  await provedBlobs(cacheDir, "acme/big");
});

test("what a listener throws does not end the download", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const result = await get("acme/tiny", {
    onEvent: () => {
      throw new Error("a listener's fault");
    },
  });
  expect(result.bytes.fetched).toBe(3_000_029);
});
