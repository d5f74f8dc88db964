import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { type Machine, machineFromFacts } from "@mlx-download/fit";
import { expect, test } from "vitest";
import { createModelResolver, ensureModel, loadModel } from "../src/index.ts";
import { failureOf, startDouble, startStage, TINY } from "./fixture.ts";

/** A machine that lets MLX use so many bytes. */
const machineOf = (wiredLimitBytes: number): Machine => ({
  ...machineFromFacts({ platform: "linux", arch: "x64", memoryBytes: 64e9 }),
  wiredLimitBytes,
});

const weights = (path: string | undefined): boolean => path?.endsWith(".safetensors") === true;

test("a model that is too large is refused before a weight is fetched, with what it needs", async () => {
  const { options, hub } = await startStage();
  const engine = await startDouble();
  const error = await failureOf(
    loadModel(engine, TINY, { ...options, requireFit: true, fit: { machine: machineOf(1000) } }),
  );
  expect(error).toMatchObject({ code: "review/does-not-fit", data: { fit: { limitBytes: 1000 } } });
  // Headers are read by Range, the tensors are not.
  const sent = hub.log.entries.filter((entry) => weights(entry.path));
  const bytes = sent.reduce((sum, entry) => sum + entry.bytesSent, 0);
  const whole = Object.entries(tinyModelFiles()).filter(([path]) => weights(path));
  expect(engine.listModels()).toEqual([]);
  expect(hub.log.of({ target: "cdn", method: "GET" }).every(({ range }) => range)).toBe(true);
  expect(bytes).toBeLessThan(whole.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 1));
});

test("by default it is a warning, told once for each load, and the model is loaded", async () => {
  const { options, events, hub } = await startStage();
  const engine = await startDouble();
  await loadModel(engine, TINY, { ...options, fit: { machine: machineOf(1000) } });
  const warnings = events.filter((event) => event.type === "warning");
  expect(warnings).toMatchObject([{ code: "review/does-not-fit", repoId: TINY }]);
  // What is here is looked at here.
  hub.log.clear();
  await loadModel(engine, TINY, {
    ...options,
    fit: { machine: machineOf(1001) },
    offline: true,
  });
  expect(events.filter((event) => event.type === "warning")).toHaveLength(2);
  expect(hub.log.entries).toHaveLength(0);
});

test("an architecture that mlx-lm does not know is refused, unless nobody wants to know", async () => {
  const { options, hub } = await startStage();
  const config = JSON.stringify({ model_type: "martian", hidden_size: 64 });
  await hub.addRepo("acme/alien", { ...tinyModelFiles(), "config.json": config });
  const refusing = createModelResolver({ ...options, requireFit: true });
  const error = await failureOf(refusing.resolveLoadOptions("acme/alien"));
  expect(error).toMatchObject({ code: "review/cannot-load" });
  // The reason that blocks, not the first that is known.
  expect(error.message).toContain("martian");
  const silent = createModelResolver({ ...options, checkFit: false });
  expect(await silent.resolveLoadOptions("acme/alien")).toMatchObject({ model: "acme/alien" });
});

test("a model that fits is let through in silence", async () => {
  const { options, events } = await startStage();
  const engine = await startDouble();
  await loadModel(engine, TINY, {
    ...options,
    requireFit: true,
    fit: { machine: machineOf(64e9) },
  });
  expect(events.filter((event) => event.type === "warning")).toEqual([]);
});

test("what a policy refuses is refused, also when it is here already", async () => {
  const { options, hub, commit } = await startStage();
  const { commit: unsafe } = await hub.addRepo(TINY, {
    ...tinyModelFiles(),
    "pytorch_model.bin": "no weights, but a pickle could be anything",
  });
  await ensureModel(`${TINY}@${commit}`, { ...options, trust: "data" });
  const ref = `${TINY}@${unsafe}`;
  await ensureModel(ref, options);
  await ensureModel(ref, options);
  const error = await failureOf(ensureModel(ref, { ...options, trust: "data" }));
  expect(error).toMatchObject({ code: "review/not-trusted" });
});
