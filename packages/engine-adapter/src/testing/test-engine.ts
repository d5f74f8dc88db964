import assert from "node:assert/strict";
import type { Engine } from "../contract/engine.ts";
import type { EngineEvent } from "../contract/events.ts";
import { loadModel } from "../load/load-model.ts";
import type { EnsureOptions } from "../contract/options.ts";

/** Registers one case: vitest's `test`, node's, or a similar one. */
export type RegisterTest = (name: string, run: () => Promise<void>) => unknown;

/** Where a case runs: a Hub with two models, an empty cache, a folder. Fresh for every case. */
export interface EngineStage {
  /** They lead to the Hub and the cache, and nowhere else. */
  readonly options: EnsureOptions;
  /** Two models on the Hub that the engine can load. */
  readonly refs: readonly [string, string];
  /** A folder with such a model. */
  readonly folder: string;
  /** A folder with something that no engine loads. */
  readonly noModel: string;
  /** Requests that the Hub has seen. */
  readonly requests: () => number;
}

/** What `testEngine` is told of a driver. */
export interface EngineHarness<Handle> {
  /** The driver, with the engine behind it. The code that starts it ends it too. */
  engine(): Promise<Engine<Handle>>;
  stage(): Promise<EngineStage>;
  /** Uses the loaded model and returns its output. Absent for drivers that only place files. */
  generate?(handle: Handle): Promise<string>;
}

/** The conformance suite of drivers: registers the cases that each of them must pass. */
export function testEngine<Handle>(test: RegisterTest, harness: EngineHarness<Handle>): void {
  const works = async (handle: Handle): Promise<void> => {
    const text = await harness.generate?.(handle);
    assert.notEqual(text, "", "nothing was generated");
  };

  test("a ref becomes a loaded model, and offline again without a request", async () => {
    const [engine, stage] = await Promise.all([harness.engine(), harness.stage()]);
    const { options, refs, requests } = stage;
    await works(await loadModel(engine, refs[0], options));
    const before = requests();
    assert.ok(before > 0, "the model did not come from the Hub");
    await works(await loadModel(engine, refs[0], { ...options, offline: true }));
    assert.equal(requests(), before);
  });

  test("all who ask at once share one load", async () => {
    const [engine, { options, refs }] = await Promise.all([harness.engine(), harness.stage()]);
    let loads = 0;
    const counted: Engine<Handle> = {
      ...engine,
      load(model, context) {
        loads += 1;
        return engine.load(model, context);
      },
    };
    const handles = await Promise.all(
      Array.from({ length: 8 }, () => loadModel(counted, refs[0], options)),
    );
    assert.equal(loads, 1);
    assert.equal(new Set(handles).size, 1);
    for (const handle of handles.slice(0, 1)) await works(handle);
  });

  test("a second model can be loaded after the first, and the first again", async () => {
    const [engine, { options, refs }] = await Promise.all([harness.engine(), harness.stage()]);
    for (const ref of [refs[0], refs[1], refs[0]]) {
      const handle = await loadModel(engine, ref, options);
      await works(handle);
      await engine.unload(handle);
    }
  });

  test("a folder is loaded, and the Hub is not asked", async () => {
    const [engine, stage] = await Promise.all([harness.engine(), harness.stage()]);
    await works(await loadModel(engine, stage.folder, stage.options));
    assert.equal(stage.requests(), 0);
  });

  test("a folder that is no model is refused in the engine's words, and the engine goes on", async () => {
    const [engine, stage] = await Promise.all([harness.engine(), harness.stage()]);
    const events: EngineEvent[] = [];
    const onEvent = (event: EngineEvent): void => void events.push(event);
    const load = loadModel(engine, stage.noModel, { ...stage.options, onEvent });
    await assert.rejects(load, (error: unknown) => error instanceof Error && error.message !== "");
    assert.equal(events.at(-1)?.type, "load-failed");
    await works(await loadModel(engine, stage.folder, stage.options));
  });

  test("who leaves is let go at once with the signal's reason, and the engine goes on", async () => {
    const [engine, { options, refs }] = await Promise.all([harness.engine(), harness.stage()]);
    const reason = new Error("left");
    const controller = new AbortController();
    const onEvent = (event: EngineEvent): void => {
      if (event.type === "loading") controller.abort(reason);
    };
    const { signal } = controller;
    await assert.rejects(
      loadModel(engine, refs[0], { ...options, onEvent, signal }),
      (error) => error === reason,
    );
    await works(await loadModel(engine, refs[0], options));
  });

  test("who leaves while the model is fetched is let go at once, and nothing is loaded", async () => {
    const [engine, { options, refs }] = await Promise.all([harness.engine(), harness.stage()]);
    const reason = new Error("left");
    const controller = new AbortController();
    const types: string[] = [];
    const onEvent = (event: EngineEvent): void => {
      types.push(event.type);
      if (event.type === "file-started") controller.abort(reason);
    };
    const { signal } = controller;
    await assert.rejects(
      loadModel(engine, refs[0], { ...options, onEvent, signal }),
      (error) => error === reason,
    );
    assert.ok(!types.includes("loading"), "it was loaded although its caller had left");
    await works(await loadModel(engine, refs[0], options));
  });

  test("loading is told from beginning to end, under the engine's name", async () => {
    const [engine, { options, refs }] = await Promise.all([harness.engine(), harness.stage()]);
    const events: EngineEvent[] = [];
    const onEvent = (event: EngineEvent): void => void events.push(event);
    await loadModel(engine, refs[0], { ...options, onEvent });
    // A driver may warn in between.
    const [loading, loaded] = events.filter(({ type }) => type !== "warning").slice(-2);
    assert.equal(loading?.type, "loading");
    assert.ok(loaded?.type === "loaded");
    assert.equal(loaded.engine, engine.name);
    assert.equal(loaded.repoId, refs[0]);
    assert.match(loaded.commit ?? "", /^[0-9a-f]{40}$/);
  });

  test("an unsupported option is refused before any byte is fetched", async () => {
    const [engine, stage] = await Promise.all([harness.engine(), harness.stage()]);
    const { options, refs, requests } = stage;
    const { adapters, drafts } = engine.supports;
    const load = (over: object): Promise<unknown> =>
      loadModel(engine, refs[0], { ...options, ...over });
    if (!adapters) {
      await assert.rejects(load({ adapter: refs[1] }), { code: "engine/adapter-unsupported" });
    }
    if (!drafts)
      await assert.rejects(load({ draft: refs[1] }), { code: "engine/draft-unsupported" });
    assert.equal(requests(), 0);
  });
}
