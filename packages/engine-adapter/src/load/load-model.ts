import { findAdapter } from "../ensure/find-adapter.ts";
import { driverFor } from "./driver-for.ts";
import type { Engine, EngineModel } from "../contract/engine.ts";
import { ensureFitting } from "../ensure/ensure-fitting.ts";
import { ensureModelAt } from "../ensure/ensure-model.ts";
import { EngineAdapterError } from "../contract/errors.ts";
import type { EngineEvent } from "../contract/events.ts";
import { forwardToEmitter } from "../mlx-serving/forward-to-emitter.ts";
import type { EngineModelHandle, LoadableEngine } from "../mlx-serving/engine-types.ts";
import { mendAndRetry } from "./mend-and-retry.ts";
import { foldersOf, letModelsGo, letOthersGo, loadHeld } from "./model-holds.ts";
import { releaseWhenUnloaded } from "./release-when-unloaded.ts";
import { tellLoad } from "./tell-load.ts";
import type { LoadOptions } from "../contract/options.ts";
import { createFlights, type Flights } from "../ensure/shared-flight.ts";

/** Options of `loadModel`. */
export interface LoadModelOptions extends LoadOptions {
  /** A LoRA adapter to put on the model: a ref or a folder. Not every engine can. */
  readonly adapter?: string | undefined;
  /** A small model that drafts for speculative decoding: a ref or a folder. Not every engine can. */
  readonly draft?: string | undefined;
  /** Given to the engine as it is (mlx-serving: further load options, such as `quantization`). */
  readonly engineOptions?: Readonly<Record<string, unknown>> | undefined;
}

type LoadFlights = Flights<unknown, EngineEvent>;

const flightsOf = new WeakMap<object, LoadFlights>();

/**
 * Makes sure that a model is here, adapter and draft model too (all fetched at once), and loads it into an engine: an
 * mlx-serving engine, or a driver. A model that the engine would refuse is not fetched. All callers for the same model
 * share download and load. An aborted caller is let go at once, and a model that no caller wants any more is unloaded
 * when the engine returns it. Errors of the engine pass through unchanged.
 */
export async function loadModel<Handle extends EngineModelHandle>(
  engine: LoadableEngine<Handle>,
  ref: string,
  options?: LoadModelOptions,
): Promise<Handle>;
export async function loadModel<Handle>(
  engine: Engine<Handle>,
  ref: string,
  options?: LoadModelOptions,
): Promise<Handle>;
export async function loadModel(
  target: Engine<unknown> | LoadableEngine,
  ref: string,
  options: LoadModelOptions = {},
): Promise<unknown> {
  const engine = driverFor(target);
  const onEvent = forwardToEmitter(target, options.onEvent);
  const model = await ensureAll(engine, ref, { ...options, onEvent });
  const { signal, engineOptions = {} } = options;
  signal?.throwIfAborted();
  const ready = engine.loaded?.(model);
  if (ready !== undefined) return ready;
  const flights = flightsOf.get(target) ?? createFlights<unknown, EngineEvent>(["loading"]);
  flightsOf.set(target, flights);
  const { repoId, path, commit, adapterPath, draft } = model;
  const key = JSON.stringify([repoId, path, commit, adapterPath, draft?.path, engineOptions]);
  return flights.join(
    key,
    async (context) => {
      const warn = (code: string, message: string): void =>
        context.emit({ type: "warning", code, message, at: Date.now(), repoId });
      const load = { signal: context.signal, engineOptions, warn };
      const told = { engine: engine.name, repoId, commit, path };
      return await tellLoad(told, context.emit, async () => {
        const handle = await loadHeld(target, foldersOf(model), {
          signal: context.signal,
          load: () =>
            mendAndRetry(() => engine.load(model, load), foldersOf(model), { ...load, options }),
        });
        releaseWhenUnloaded(target);
        if (engine.holdsOne) await letOthersGo(target, handle);
        else await letModelsGo(target, (held) => engine.has?.(held) === false);
        return handle;
      });
    },
    { signal, onEvent },
  );
}

/** Brings the model, its adapter and its draft model, at once. First refuses those that the engine cannot take. */
async function ensureAll(
  engine: Engine<unknown>,
  ref: string,
  options: LoadModelOptions,
): Promise<EngineModel> {
  const { adapter, draft, engineOptions: _, ...ensure } = options;
  const { checkFit: __, ...plain } = ensure;
  if (adapter !== undefined && !engine.supports.adapters) throw unsupported(engine.name, "adapter");
  if (draft !== undefined && !engine.supports.drafts) throw unsupported(engine.name, "draft");
  const check = engine.checkPlace?.bind(engine);
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(ensure.signal ? [ensure.signal] : [])]);
  // A revision applies to the model. The others have their own, after an @.
  const beside = { ...plain, revision: undefined, requireFit: false, signal };
  try {
    const [model, adapterPath, draftModel] = await Promise.all([
      ensureFitting(ref, { ...ensure, signal }, { check, byMlxLm: engine.loader === "mlx-lm" }),
      adapter === undefined ? undefined : findAdapter(adapter, beside),
      draft === undefined ? undefined : ensureModelAt(draft, beside, check),
    ]);
    if (draftModel && draftModel.repoId === model.repoId) {
      throw new EngineAdapterError(
        `${model.repoId} cannot draft for itself`,
        "engine/draft-is-model",
        {
          hint: "Name a smaller model of the same family as the draft.",
          data: { model: model.repoId },
        },
      );
    }
    return {
      ...model,
      ...(adapterPath !== undefined && { adapterPath }),
      ...(draftModel && { draft: draftModel }),
    };
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

function unsupported(engine: string, what: "adapter" | "draft"): EngineAdapterError {
  const [code, thing] =
    what === "adapter"
      ? (["engine/adapter-unsupported", "a LoRA adapter"] as const)
      : (["engine/draft-unsupported", "a draft model"] as const);
  return new EngineAdapterError(`${engine} cannot load ${thing}`, code, {
    hint:
      what === "adapter"
        ? "Fuse the adapter into the model (mlx_lm.fuse) and load that, or use an engine that takes adapters, such as mlx_lm.server."
        : "Leave the draft model out, or use an engine that takes one.",
    data: { engine },
  });
}
