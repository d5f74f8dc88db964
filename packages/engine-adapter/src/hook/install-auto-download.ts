import { guardListener } from "@mlx-download/cache/writing";
import { EngineAdapterError } from "../contract/errors.ts";
import { forwardToEmitter } from "../mlx-serving/forward-to-emitter.ts";
import type {
  EngineLoadOptions,
  EngineModelHandle,
  EngineVisionOptions,
  LoadableEngine,
} from "../mlx-serving/engine-types.ts";
import {
  callOwn,
  type HookedMethod,
  isOwnCall,
  type LoadCall,
  loadInLine,
  stateOf,
} from "../mlx-serving/load-queue.ts";
import { cachedFolder } from "../ensure/cached-folder.ts";
import { mendAndRetry } from "../load/mend-and-retry.ts";
import { letModelsGo, loadHeld } from "../load/model-holds.ts";
import { releaseWhenUnloaded } from "../load/release-when-unloaded.ts";
import { tellLoad } from "../load/tell-load.ts";
import { createPlacingResolver, type ResolvedLoadOptions } from "./model-resolver.ts";
import type { LoadOptions } from "../contract/options.ts";

type Hook = (input: never) => Promise<unknown>;

/**
 * Wraps a running mlx-serving engine's `loadModel`, `loadDraftModel`, `loadVisionModel` and `warmupModel` (its
 * snake_case twins call these), so that every holder of the engine can load by repo id. Missing models are downloaded
 * first, with progress, and the engine only ever loads from this disk. A `signal` among the load options lets its
 * caller go at once. A loaded model is kept on this disk until `unloadModel` or `unloadDraftModel`. Returns a function
 * that removes the hook. Throws `engine/already-hooked`.
 */
export function installAutoDownload<Handle extends EngineModelHandle>(
  engine: LoadableEngine<Handle>,
  options: LoadOptions = {},
): () => void {
  const { originals } = stateOf(engine);
  if (originals.size > 0) {
    throw new EngineAdapterError(
      "This engine has the auto-download hook already",
      "engine/already-hooked",
      { hint: "Keep the function that the first call returned, and call it before the second." },
    );
  }
  releaseWhenUnloaded(engine);
  const onEvent = forwardToEmitter(engine, options.onEvent);
  const emit = guardListener(onEvent);
  const resolver = createPlacingResolver({ ...options, onEvent });

  /** The state shared by all loads: one queue, files held and repaired, events, and callers that may leave. */
  const load = async (call: LoadCall, path: string, signal?: AbortSignal): Promise<unknown> => {
    const { id } = call;
    const snapshot = cachedFolder(path);
    const repoId = snapshot?.layout.repoId ?? id;
    const told = { engine: "mlx-serving", repoId, commit: snapshot?.commit ?? null, path };
    const warn = (code: string, message: string): void =>
      emit({ type: "warning", code, message, at: Date.now(), repoId });
    const loading = tellLoad(told, emit, async () => {
      const handle = await loadHeld(engine, [{ id, path }], {
        signal,
        load: () =>
          mendAndRetry(() => loadInLine(engine, call, signal), [{ path }], {
            options,
            signal,
            warn,
          }),
      });
      const has = (held: string): boolean =>
        engine.getModelInfo === undefined || engine.getModelInfo(held) !== undefined;
      const unwanted = signal?.aborted === true;
      await letModelsGo(engine, (held) => (held === id ? unwanted && !has(id) : !has(held)));
      return handle;
    });
    return await untilAborted(loading, signal);
  };
  const loadText =
    (method: "loadModel" | "loadDraftModel" | "warmupModel") =>
    async (input: string | EngineLoadOptions): Promise<unknown> => {
      const resolved = await resolver.resolveLoadOptions(input);
      const call = { method, id: idOf(resolved), options: resolved };
      return await load(call, resolved.localPath, signalOf(input));
    };
  const hooks: Readonly<Record<HookedMethod, Hook>> = {
    loadModel: loadText("loadModel"),
    loadDraftModel: loadText("loadDraftModel"),
    async loadVisionModel(input: string | EngineVisionOptions) {
      const { options: resolved, path } = await resolver.resolveVision(input);
      const call = { method: "loadVisionModel", id: resolved.model, options: resolved } as const;
      return await load(call, path, signalOf(input));
    },
    async warmupModel(input: string | EngineLoadOptions) {
      await loadText("warmupModel")(input);
    },
    async unloadModel(id: string) {
      await callOwn(engine, "unloadModel", id);
      await letModelsGo(engine, (held) => held === id);
    },
    async unloadDraftModel(id?: string) {
      await callOwn(engine, "unloadDraftModel", id);
      await letModelsGo(engine, (held) => held === id || engine.getModelInfo?.(held) === undefined);
    },
  };

  const methods = (Object.keys(hooks) as HookedMethod[]).filter((name) => name in engine);
  const removals = methods.map((name) => {
    const own = Object.getOwnPropertyDescriptor(engine, name);
    const before = engine[name] as Hook;
    originals.set(name, before);
    let active = true;
    const hook = (input: never): Promise<unknown> =>
      active && !isOwnCall(input) ? hooks[name](input) : before.call(engine, input);
    Object.defineProperty(engine, name, {
      value: hook,
      configurable: true,
      writable: true,
      enumerable: own?.enumerable ?? false,
    });
    return (): void => {
      active = false;
      originals.delete(name);
      // Another hook may be on top of ours. It stays, and ours then passes everything through.
      if (Reflect.get(engine, name) !== hook) return;
      if (own) Object.defineProperty(engine, name, own);
      else Reflect.deleteProperty(engine, name);
    };
  });
  return () => {
    for (const remove of removals) remove();
  };
}

function idOf({ model }: ResolvedLoadOptions): string {
  return typeof model === "string" ? model : model.id;
}

/** Passed by mistake or by hope: the engine drops it, we honour it. */
function signalOf(
  input: string | EngineLoadOptions | EngineVisionOptions,
): AbortSignal | undefined {
  const signal = typeof input === "string" ? undefined : input["signal"];
  return signal instanceof AbortSignal ? signal : undefined;
}

/** Lets the caller go at once when the signal is aborted. The work it waited for goes on. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work;
  work.catch(() => undefined);
  const leave = Promise.withResolvers<never>();
  const onAbort = (): void => leave.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, leave.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
