import { open, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { applyRemoval, planRemoval, removeRepo } from "@mlx-download/cache";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { expect, test } from "vitest";
import { directoryEngine } from "../src/drivers/directory-engine.ts";
import { ensureModel, installAutoDownload, loadModel, unloadModel } from "../src/index.ts";
import { failureOf, startDouble, startStage, TINY } from "./fixture.ts";

test("what an engine has loaded is not removed, until it is unloaded", async () => {
  const { options, cacheDir } = await startStage();
  const engine = await startDouble();
  const handle = await loadModel(engine, TINY, options);
  expect((await failureOf(removeRepo(cacheDir, TINY))).code).toBe("cache/locked");
  await unloadModel(engine, handle);
  expect(engine.listModels()).toEqual([]);
  expect((await removeRepo(cacheDir, TINY)).freedBytes).toBeGreaterThan(0);
});

test("what the engine threw out by itself, or could not load, is let go", async () => {
  const { options, cacheDir, hub } = await startStage();
  const engine = await startDouble();
  const uninstall = installAutoDownload(engine, options);
  await engine.loadModel(TINY);
  expect((await failureOf(removeRepo(cacheDir, TINY))).code).toBe("cache/locked");
  await engine.unloadModel(TINY);
  await hub.addRepo("acme/other", tinyModelFiles());
  await engine.loadModel("acme/other");
  await removeRepo(cacheDir, TINY);
  uninstall();
  await hub.addRepo("acme/broken", { ...tinyModelFiles(), "weights-missing": "" });
  await failureOf(loadModel(engine, "acme/broken", options));
  await removeRepo(cacheDir, "acme/broken");
});

test("draft model, adapter, and a model that was named by its folder are held as well", async () => {
  const { options, cacheDir, hub } = await startStage();
  await hub.addRepo("acme/draft", tinyModelFiles());
  await hub.addRepo("acme/lora", { "adapter_config.json": "{}", "adapters.safetensors": "x" });
  await hub.addRepo("acme/other", tinyModelFiles());
  const { path } = await ensureModel("acme/other", options);
  const engine = directoryEngine({
    load: (folder) => ({ folder }),
    supports: { adapters: true, drafts: true },
  });
  const extra = { adapter: "acme/lora", draft: "acme/draft" };
  const handle = await loadModel(engine, TINY, { ...options, ...extra });
  const other = await loadModel(engine, path, options);
  const all = [TINY, "acme/draft", "acme/lora", "acme/other"];
  for (const repoId of all) {
    const error = await failureOf(removeRepo(cacheDir, repoId));
    expect(error).toMatchObject({ code: "cache/locked", data: { purpose: "use" } });
    expect(error.message).toContain("loaded by a program");
  }
  const plan = await planRemoval(
    cacheDir,
    all.map((repoId) => ({ repoId })),
  );
  const { kept, removed } = await applyRemoval(plan);
  expect(kept.map(({ reason }) => reason)).toEqual(["loaded", "loaded", "loaded", "loaded"]);
  expect(removed).toEqual([]);
  await unloadModel(engine, handle);
  await unloadModel(engine, other);
  for (const repoId of all) await removeRepo(cacheDir, repoId);
});

test("under the hook a model is held until the engine's own unloadModel, drafts and vision models too", async () => {
  const { options, cacheDir, hub } = await startStage();
  await hub.addRepo("acme/draft", tinyModelFiles());
  await hub.addRepo("acme/sees", tinyModelFiles());
  await hub.addRepo("acme/warm", tinyModelFiles());
  const engine = await startDouble();
  installAutoDownload(engine, options);
  await engine.loadModel(TINY);
  await engine.loadDraftModel({ model: "acme/draft" });
  await engine.warmupModel("acme/warm");
  const vision = await engine.loadVisionModel({ model: "acme/sees" });
  const unload = {
    [TINY]: () => engine.unloadModel(TINY),
    "acme/draft": () => engine.unloadDraftModel("acme/draft"),
    "acme/warm": () => engine.unloadModel("acme/warm"),
    "acme/sees": () => engine.unloadModel(vision.descriptor.id),
  };
  for (const [repoId, free] of Object.entries(unload)) {
    expect((await failureOf(removeRepo(cacheDir, repoId))).code, repoId).toBe("cache/locked");
    await free();
    await removeRepo(cacheDir, repoId);
  }
});

test("without the hook the engine's own unloadModel lets the files go as well", async () => {
  const { options, cacheDir } = await startStage();
  const engine = await startDouble();
  await loadModel(engine, TINY, options);
  await engine.unloadModel(TINY);
  await expect.poll(() => removeRepo(cacheDir, TINY).catch(() => undefined)).toBeDefined();
});

test("weights that are damaged on the disk are proved, fetched again, and loaded at the second try", async () => {
  const { options, events } = await startStage();
  const shard = "model-00001-of-00002.safetensors";
  const { path } = await ensureModel(TINY, options);
  const blob = await realpath(join(path, shard));
  const file = await open(blob, "r+");
  await file.write(Buffer.alloc(64, 7), 0, 64, 20_000);
  await file.close();
  let loads = 0;
  const engine = directoryEngine({
    async load(folder) {
      loads += 1;
      const found = await readFile(join(folder, shard));
      if (!found.equals(Buffer.from(tinyModelFiles()[shard] ?? ""))) {
        throw new Error("Invalid header length in model.safetensors");
      }
      return found.length;
    },
  });
  expect(await loadModel(engine, TINY, options)).toBeGreaterThan(0);
  expect(loads).toBe(2);
  expect(events).toContainEqual(expect.objectContaining({ code: "engine/proving-again" }));

  // What is whole is not loaded again, and the engine's error stays what it was.
  const stubborn = directoryEngine({
    load: () => {
      loads += 1;
      throw new Error("Missing 3 parameters");
    },
  });
  const error = await failureOf(loadModel(stubborn, TINY, options));
  expect([error.message, loads]).toEqual(["Missing 3 parameters", 3]);
});
