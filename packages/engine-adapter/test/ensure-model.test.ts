import { mkdir, realpath, rm, symlink, unlink } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { tinyModelFiles, writeTinyModel } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { ensureModel, loadOrDownloadModel, prefetch } from "../src/index.ts";
import { failureOf, requestsFor, startStage, TINY } from "./fixture.ts";

test("a model that is not here is downloaded, and its folder and commit are told", async () => {
  const { options, commit, cacheDir, events } = await startStage();
  const model = await ensureModel(TINY, options);
  expect(model).toEqual({
    repoId: TINY,
    revision: "main",
    commit,
    path: join(cacheDir, "models--acme--tiny", "snapshots", commit),
    fromCache: false,
  });
  expect(events.map((event) => event.type)).toContain("planned");
  expect(await loadOrDownloadModel(TINY, options)).toBe(model.path);
});

test("a commit that is here is answered without a request, and a branch with one", async () => {
  const { options, commit, hub } = await startStage();
  await ensureModel(TINY, options);
  hub.log.clear();
  expect(await ensureModel(`${TINY}@${commit}`, options)).toMatchObject({ fromCache: true });
  expect(await ensureModel(TINY, { ...options, refresh: "if-missing" })).toMatchObject({ commit });
  expect(await ensureModel(TINY, { ...options, offline: true })).toMatchObject({ commit });
  expect(hub.log.entries).toHaveLength(0);
  await ensureModel(TINY, options);
  expect(hub.log.entries.map((entry) => entry.path)).toEqual([
    "/api/models/acme/tiny/revision/main",
  ]);
});

test("a commit is not taken for here when a file of it is gone", async () => {
  const { options, commit } = await startStage();
  const { path } = await ensureModel(TINY, options);
  const ref = `${TINY}@${commit}`;
  expect(await ensureModel(ref, options)).toMatchObject({ fromCache: true });
  await rm(await realpath(join(path, "model-00001-of-00002.safetensors")));
  expect(await ensureModel(ref, options)).toMatchObject({ fromCache: false, path });
});

test("a branch that moved brings the new commit, unless only what is missing is wanted", async () => {
  const { options, commit, hub } = await startStage();
  await ensureModel(TINY, options);
  const { commit: next } = await hub.addRepo(TINY, { ...tinyModelFiles(), "new.txt": "new" });
  expect(await ensureModel(TINY, { ...options, refresh: "if-missing" })).toMatchObject({ commit });
  expect(await ensureModel(TINY, options)).toMatchObject({ commit: next });
  const pinned = await ensureModel(TINY, { ...options, revision: commit });
  expect(pinned).toMatchObject({ commit, revision: commit, fromCache: true });
});

test("a Hub that is slow to say where a branch points is not waited for when the model is here", async () => {
  const { options, commit, hub, events } = await startStage();
  await ensureModel(TINY, options);
  hub.faults.add({ on: "api", kind: "stall" });
  const model = await ensureModel(TINY, { ...options, refreshTimeoutMs: 20 });
  expect(model).toMatchObject({ commit, fromCache: true });
  expect(events.at(-2)).toMatchObject({ type: "warning", code: "hub/unreachable" });
  expect(events.filter((event) => event.type === "error")).toEqual([]);
});

test("offline, what is not here is an error that says so", async () => {
  const { options, hub } = await startStage();
  const error = await failureOf(ensureModel(TINY, { ...options, env: { HF_HUB_OFFLINE: "1" } }));
  expect(error.code).toBe("offline/not-cached");
  expect(hub.log.entries).toHaveLength(0);
});

test("a folder on this machine is taken as it is, in every way to write it, and nobody is asked", async () => {
  const { options, hub } = await startStage();
  const home = await tempDir();
  const folder = join(home, "my models (1)", "tiny+");
  await writeTinyModel(folder);
  await symlink(folder, join(home, "link"));
  const env = { HOME: home };
  const written = [folder, "~/my models (1)/tiny+", pathToFileURL(folder).href, join(home, "link")];
  const found = await Promise.all(written.map((ref) => ensureModel(ref, { ...options, env })));
  for (const model of found) {
    expect(model).toMatchObject({ path: folder, commit: null, revision: null, fromCache: true });
    expect(model.repoId).toMatch(/^local\/tiny-[0-9a-f]{8}$/);
  }
  expect(new Set(found.map((model) => model.repoId)).size).toBe(1);
  expect(hub.log.entries).toHaveLength(0);
});

test("a folder that is not there is an error, and org/name is never one", async () => {
  const { options, cacheDir } = await startStage();
  const missing = await failureOf(ensureModel("./no/such/folder", options));
  expect(missing.code).toBe("engine/local-model-not-found");
  const file = await failureOf(ensureModel(import.meta.filename, options));
  expect(file.code).toBe("engine/local-model-not-found");
  const remote = await failureOf(ensureModel("file://elsewhere/model", options));
  expect(remote.code).toMatch(/^engine\//);
  // A folder of the repo's name in the working directory does not shadow the repo.
  const before = process.cwd();
  const place = await tempDir();
  await mkdir(join(place, TINY), { recursive: true });
  process.chdir(place);
  try {
    expect((await ensureModel(TINY, options)).path).toContain(cacheDir);
  } finally {
    process.chdir(before);
  }
});

test("a cache outside the trusted folders is refused before the first request", async () => {
  const { options, cacheDir, hub } = await startStage();
  const trusted = await tempDir();
  const strict = { ...options, trustedModelDirectories: [trusted] };
  expect((await failureOf(ensureModel(TINY, strict))).code).toBe("engine/untrusted-path");
  // Neither a name that begins the same way nor a link out of it is inside.
  const twin = { ...strict, cacheDir: `${trusted}-twin` };
  expect((await failureOf(ensureModel(TINY, twin))).code).toBe("engine/untrusted-path");
  await mkdir(cacheDir, { recursive: true });
  await symlink(cacheDir, join(trusted, "link"));
  const linked = { ...strict, cacheDir: join(trusted, "link") };
  expect((await failureOf(ensureModel(TINY, linked))).code).toBe("engine/untrusted-path");
  expect(hub.log.entries).toHaveLength(0);
  const inside = { ...strict, cacheDir: join(trusted, "hub") };
  expect(await ensureModel(TINY, inside)).toMatchObject({ repoId: TINY });
});

test("a file that leads out of the trusted folders is refused after the last byte", async () => {
  const { options, cacheDir } = await startStage();
  const { path } = await ensureModel(TINY, options);
  const outside = join(await tempDir(), "planted");
  await writeTinyModel(outside);
  await unlink(join(path, "config.json"));
  await symlink(join(outside, "config.json"), join(path, "config.json"));
  const strict = { ...options, trustedModelDirectories: [cacheDir] };
  const error = await failureOf(ensureModel(TINY, { ...strict, refresh: "if-missing" }));
  expect(error).toMatchObject({ code: "engine/untrusted-path" });
  const folder = await failureOf(ensureModel(outside, strict));
  expect(folder.code).toBe("engine/untrusted-path");
});

test("several models come at once over one budget of connections, in the order of their refs", async () => {
  const { options, hub } = await startStage();
  const refs = ["acme/a", "acme/b", "acme/c"];
  for (const ref of refs) await hub.addRepo(ref, tinyModelFiles());
  const models = await prefetch(refs, options);
  expect(models.map((model) => model.repoId)).toEqual(refs);
  const error = await failureOf(prefetch(["acme/none", ...refs], options));
  expect(error.code).toBe("hub/repo-not-found");
  expect(requestsFor(hub, "acme/a")).toBeGreaterThan(0);
});
