import { existsSync } from "node:fs";
import { readFile, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tinyModelFiles, writeTinyModel } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import {
  createModelResolver,
  type EngineLoadOptions,
  ensureModel,
  installAutoDownload,
  loadModel,
} from "../src/index.ts";
import { stateOf } from "../src/mlx-serving/load-queue.ts";
import { failureOf, startDouble, startStage, TINY } from "./fixture.ts";
import { onStandIn, type ServingEngine, servingEngines } from "./serving-engines.ts";

describe.each(servingEngines)("on %s", (_name, start) => {
  const create = start as () => Promise<ServingEngine>;

  test.skipIf(!start)(
    "a repo id is loaded from this disk, under its id, at its commit",
    async () => {
      const { options, commit, events } = await startStage();
      const engine = await create();
      const handle = await loadModel(engine, TINY, options);
      expect(handle.descriptor.id).toBe(TINY);
      const seen = events.slice(-2);
      const { path } = await ensureModel(TINY, options);
      expect(await engine.generate({ model: TINY, prompt: "count" })).not.toBe("");
      expect(seen).toMatchObject([
        { type: "loading", engine: "mlx-serving", commit, path, repoId: TINY },
        { type: "loaded", engine: "mlx-serving", commit, path },
      ]);
    },
  );

  test.skipIf(!start)(
    "a model that is loaded already is given back without a look at disk or engine",
    async () => {
      const { options, commit, hub } = await startStage();
      const engine = await create();
      const first = await loadModel(engine, `${TINY}@${commit}`, options);
      hub.log.clear();
      expect(await loadModel(engine, `${TINY}@${commit}`, options)).toBe(first);
      expect(hub.log.entries).toHaveLength(0);
    },
  );

  test.skipIf(!start)(
    "another commit of the same id replaces the handle, and loads of one id do not cross",
    async () => {
      const { options, commit, hub } = await startStage();
      const engine = await create();
      const { commit: next } = await hub.addRepo(TINY, { ...tinyModelFiles(), "new.txt": "new" });
      const handles = await Promise.all([
        loadModel(engine, `${TINY}@${commit}`, options),
        loadModel(engine, `${TINY}@${next}`, options),
      ]);
      const last = engine.getModelInfo?.(TINY);
      expect(handles).toContain(last);
      expect(handles[0]).not.toBe(handles[1]);
    },
  );

  test.skipIf(!start)(
    "a full engine refuses once and is asked once more, also when eight are wanted at once",
    async () => {
      const { options, hub } = await startStage();
      const engine = await create();
      for (let i = 0; i < 8; i += 1) {
        await hub.addRepo(`acme/m${i}`, tinyModelFiles());
        expect((await loadModel(engine, `acme/m${i}`, options)).state).toBe("ready");
      }
      const fresh = await create();
      const refs = Array.from({ length: 8 }, (_, i) => `acme/m${i}`);
      for (const handle of await Promise.all(refs.map((ref) => loadModel(fresh, ref, options)))) {
        expect(handle.state).toBe("ready");
      }
    },
  );

  test.skipIf(!start || !onStandIn)(
    "an engine's own error comes through as it is, and is told as an event",
    async () => {
      const { options, hub, events } = await startStage();
      await hub.addRepo("acme/broken", { ...tinyModelFiles(), "weights-missing": "" });
      const engine = await create();
      const error = await failureOf(loadModel(engine, "acme/broken", options));
      expect(error).toMatchObject({ name: "EngineError", code: "ModelLoadError" });
      expect(error.message).toContain("Missing 1 parameters");
      expect(events.at(-1)).toMatchObject({
        type: "load-failed",
        error: { code: "ModelLoadError" },
      });
    },
  );

  test.skipIf(!start || !onStandIn)(
    "who leaves while the model loads is let go at once, and what nobody wants is unloaded",
    async () => {
      const { options, hub } = await startStage();
      await hub.addRepo("acme/slow", { ...tinyModelFiles(), hold: "" });
      const { path } = await ensureModel("acme/slow", options);
      const engine = await create();
      const controller = new AbortController();
      const load = loadModel(engine, "acme/slow", { ...options, signal: controller.signal });
      await expect.poll(() => existsSync(join(path, "holding"))).toBe(true);
      const unloaded = new Promise((resolve) => engine.on("model:unloaded", resolve));
      controller.abort(new Error("left"));
      await expect(load).rejects.toThrow("left");
      await rm(join(path, "hold"));
      expect(await unloaded).toMatchObject({ modelId: "acme/slow" });
      expect(engine.getModelInfo?.("acme/slow")).toBeUndefined();
    },
  );

  test.skipIf(!start || !onStandIn)(
    "who leaves does not take the model from one who comes meanwhile",
    async () => {
      const { options, hub } = await startStage();
      await hub.addRepo("acme/slow", { ...tinyModelFiles(), hold: "" });
      const { path } = await ensureModel("acme/slow", options);
      const engine = await create();
      const controller = new AbortController();
      const leaver = loadModel(engine, "acme/slow", { ...options, signal: controller.signal });
      await expect.poll(() => existsSync(join(path, "holding"))).toBe(true);
      controller.abort(new Error("left"));
      await expect(leaver).rejects.toThrow("left");
      // Comes while the load that nobody waits for still runs.
      const comer = loadModel(engine, "acme/slow", options);
      const unloaded: unknown[] = [];
      engine.on("model:unloaded", (event: unknown) => unloaded.push(event));
      await expect.poll(() => [...stateOf(engine).wanted.values()]).toEqual([2]);
      await rm(join(path, "hold"));
      expect((await comer).state).toBe("ready");
      expect(engine.getModelInfo?.("acme/slow")).toBeDefined();
      expect(unloaded).toEqual([]);
    },
  );

  test.skipIf(!start || !onStandIn)(
    "primary and draft model are fetched together and loaded in turn",
    async () => {
      const { options, hub } = await startStage();
      await hub.addRepo("acme/draft", tinyModelFiles());
      const engine = await create();
      await loadModel(engine, TINY, { ...options, draft: "acme/draft" });
      expect(engine.getModelInfo?.("acme/draft")).toMatchObject({ draft: true });
      await hub.addRepo("acme/bad-draft", { ...tinyModelFiles(), "weights-missing": "" });
      await hub.addRepo("acme/alone", tinyModelFiles());
      const bad = { ...options, draft: "acme/bad-draft" };
      expect((await failureOf(loadModel(engine, "acme/alone", bad))).code).toBe("ModelLoadError");
      expect(engine.getModelInfo?.("acme/alone")).toBeUndefined();
      await failureOf(loadModel(engine, TINY, bad));
      expect(engine.getModelInfo?.(TINY)).toBeDefined();
      const same = await failureOf(loadModel(engine, TINY, { ...options, draft: TINY }));
      expect(same.code).toBe("engine/draft-is-model");
    },
  );

  test.skipIf(!start)("a LoRA adapter is refused before anything is fetched", async () => {
    const { options, hub } = await startStage();
    const engine = await create();
    const error = await failureOf(loadModel(engine, TINY, { ...options, adapter: "acme/lora" }));
    expect(error.code).toBe("engine/adapter-unsupported");
    const { resolveLoadOptions } = createModelResolver(options);
    const dropped = { model: TINY, adapterPath: "/adapters/x" };
    expect((await failureOf(resolveLoadOptions(dropped))).code).toBe("engine/adapter-unsupported");
    expect(hub.log.entries).toHaveLength(0);
  });

  test.skipIf(!start)(
    "the hook downloads for whoever holds the engine, under every name of the method",
    async () => {
      const { options, commit } = await startStage();
      const engine = await create();
      const told: object[] = [];
      engine.on("model:download:progress", (event: object) => told.push(event));
      engine.on("model:download:completed", (event: object) => told.push(event));
      const uninstall = installAutoDownload(engine, options);
      const handle = await engine.load_model(TINY);
      expect(handle.descriptor.id).toBe(TINY);
      expect(told.at(-1)).toMatchObject({ modelId: TINY, commit });
      expect(told[0]).toHaveProperty("totalBytes");
      expect(() => installAutoDownload(engine, options)).toThrow(/already/);
      // With the hook in place, the function works as without.
      expect((await loadModel(engine, `${TINY}@${commit}`, options)).descriptor.id).toBe(TINY);
      await engine.loadModel({ model: "acme/tiny", quantization: "int8" });

      uninstall();
      await engine.unloadModel(TINY);
      expect(await failureOf(engine.loadModel({ model: TINY }))).toMatchObject({
        code: "ModelLoadError",
      });
      installAutoDownload(engine, options)();
    },
  );

  test.skipIf(!start || !onStandIn)(
    "the hook sees to vision models and drafts given as text",
    async () => {
      const { options, hub } = await startStage();
      await hub.addRepo("acme/sees", tinyModelFiles());
      const engine = await create();
      const uninstall = installAutoDownload(engine, options);
      const vision = await engine.loadVisionModel?.({ model: "acme/sees" });
      expect(vision).toMatchObject({ descriptor: { id: expect.stringContaining("/snapshots/") } });
      const draft = await engine.loadDraftModel?.(TINY as unknown as EngineLoadOptions);
      expect(draft?.descriptor.id).toBe(TINY);
      uninstall();
    },
  );
});

test("a path that the caller used as the model's name stays its name, and a snapshot's folder its commit", async () => {
  const { options, commit } = await startStage();
  const { path } = await ensureModel(TINY, options);
  const { resolveLoadOptions } = createModelResolver(options);
  expect(await resolveLoadOptions(path)).toEqual({
    model: path,
    localPath: path,
    revision: commit,
  });
  expect(await ensureModel(path, options)).toMatchObject({
    repoId: TINY,
    revision: commit,
    commit,
  });
  const folder = join(await tempDir(), "own");
  await writeTinyModel(folder);
  expect(await resolveLoadOptions({ model: folder })).toEqual({ model: folder, localPath: folder });
  const engine = await startDouble();
  installAutoDownload(engine, options);
  await engine.loadModel(folder);
  expect(await engine.generate({ model: folder, prompt: "count" })).not.toBe("");
});

test("the hook heals damaged weights, as loadModel does", async () => {
  const { options, events } = await startStage();
  const { path } = await ensureModel(TINY, options);
  const blob = await realpath(join(path, "model-00001-of-00002.safetensors"));
  const before = await readFile(blob);
  await writeFile(
    blob,
    Buffer.concat([before.subarray(0, 100), Buffer.alloc(before.length - 100)]),
  );
  const engine = await startDouble();
  // The stand-in runtime does not read weights: what the real one would say of these.
  const own = engine.loadModel.bind(engine);
  let loads = 0;
  engine.loadModel = async (given) => {
    loads += 1;
    if (!(await readFile(blob)).equals(before))
      throw new Error("Invalid header in model.safetensors");
    return own(given);
  };
  installAutoDownload(engine, options);
  expect((await engine.loadModel(TINY)).state).toBe("ready");
  expect(loads).toBe(2);
  expect(events).toContainEqual(expect.objectContaining({ code: "engine/proving-again" }));
});

test("under the hook a signal lets its caller go while the engine loads, and nothing stays loaded", async () => {
  const { options, hub, events } = await startStage();
  await hub.addRepo("acme/slow", { ...tinyModelFiles(), hold: "" });
  const { path } = await ensureModel("acme/slow", options);
  const engine = await startDouble();
  installAutoDownload(engine, options);
  const controller = new AbortController();
  const load = engine.loadModel({ model: "acme/slow", signal: controller.signal });
  await expect.poll(() => existsSync(join(path, "holding"))).toBe(true);
  const unloaded = new Promise((resolve) => engine.on("model:unloaded", resolve));
  controller.abort(new Error("left"));
  await expect(load).rejects.toThrow("left");
  await rm(join(path, "hold"));
  expect(await unloaded).toMatchObject({ modelId: "acme/slow" });
  expect(events.map(({ type }) => type)).toContain("loading");
});

test("warming up a full engine is tried once more, too", async () => {
  const { options, hub } = await startStage();
  const engine = await startDouble();
  installAutoDownload(engine, options);
  for (let index = 0; index < 7; index += 1) {
    await hub.addRepo(`acme/w${index}`, tinyModelFiles());
    await engine.warmupModel(`acme/w${index}`);
    expect(engine.getModelInfo(`acme/w${index}`)).toBeDefined();
  }
});

test("load options keep what the caller wrote and gain path and commit", async () => {
  const { options, commit } = await startStage();
  const { resolveLoadOptions } = createModelResolver(options);
  const { path } = await ensureModel(TINY, options);
  const asked = { quantization: "int4", trustRemoteCode: false, parameters: { temperature: 0 } };
  expect(await resolveLoadOptions({ model: TINY, revision: "main", ...asked } as never)).toEqual({
    ...asked,
    model: TINY,
    localPath: path,
    revision: commit,
  });
  const descriptor = {
    id: TINY,
    source: "huggingface",
    modality: "text",
    family: "mlx-lm",
  } as const;
  expect(await resolveLoadOptions({ model: { ...descriptor, variant: "v" } })).toEqual({
    model: { ...descriptor, variant: "v", path },
    localPath: path,
    revision: commit,
  });
  expect(await resolveLoadOptions({ model_id: `${TINY}@main` } as never)).toMatchObject({
    model: TINY,
    revision: commit,
  });
});

test("a signal in the load options is honoured and does not reach the engine", async () => {
  const { options } = await startStage();
  const { resolveLoadOptions } = createModelResolver(options);
  const signal = AbortSignal.abort(new Error("no"));
  await expect(resolveLoadOptions({ model: TINY, signal })).rejects.toThrow("no");
  const resolved = await resolveLoadOptions({ model: TINY, signal: new AbortController().signal });
  expect(resolved).not.toHaveProperty("signal");
});

test("a folder gets an id that the engine takes, or keeps the one it was given", async () => {
  const { options, hub } = await startStage();
  const folder = join(await tempDir(), "my model (1)");
  await writeTinyModel(folder);
  const { resolveLoadOptions } = createModelResolver(options);
  const named = await resolveLoadOptions(folder);
  expect(named).toEqual({ model: expect.stringMatching(/^local\/my-model-1-/), localPath: folder });
  expect(await resolveLoadOptions({ model: "acme/own", localPath: folder })).toEqual({
    model: "acme/own",
    localPath: folder,
  });
  const local = { id: folder, source: "local", modality: "text", family: "mlx-lm" } as const;
  expect(await resolveLoadOptions({ model: local })).toMatchObject({
    model: { source: "local", path: folder, id: expect.stringMatching(/^local\//) },
  });
  expect(hub.log.entries).toHaveLength(0);
});

test.each([
  ["a cache path with a tilde", "com~apple~CloudDocs"],
  ["a cache path with two dots", "a..b"],
])("%s is refused before the first byte", async (_name, part) => {
  const { options, hub } = await startStage();
  const { resolveLoadOptions } = createModelResolver({
    ...options,
    cacheDir: join(await tempDir(), part),
  });
  expect((await failureOf(resolveLoadOptions(TINY))).code).toBe("engine/unsafe-path");
  expect(hub.log.entries).toHaveLength(0);
});

test.each([
  ["no model", {}],
  ["an empty name", { model: " " }],
  ["a number", { model: 7 }],
  ["a path that is no text", { model: "acme/own", localPath: 7 }],
  ["a revision that is no text", { model: TINY, revision: 7 }],
  ["an id with a space", { model: "acme/own model", localPath: "." }],
])("%s is refused with what was wrong", async (_name, input) => {
  const { resolveLoadOptions } = createModelResolver({ env: {} });
  const error = await failureOf(resolveLoadOptions(input as never));
  expect(error).toMatchObject({ code: "engine/invalid-input", hint: expect.any(String) });
});

test("a vision model whose folder has a name that the engine refuses goes by id and commit", async () => {
  const { options, commit } = await startStage();
  const cacheDir = join(await tempDir(), "my models");
  const { resolveVisionOptions } = createModelResolver({ ...options, cacheDir });
  expect(await resolveVisionOptions({ model: TINY, quantization: { bits: 4 } })).toEqual({
    model: TINY,
    revision: commit,
    quantization: { bits: 4 },
  });
  const folder = join(await tempDir(), "my model");
  await writeTinyModel(folder);
  await writeFile(join(folder, "x"), "");
  expect((await failureOf(resolveVisionOptions(folder as never))).code).toBe(
    "engine/invalid-input",
  );
});
