import { isCommit } from "@mlx-download/cache";
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
  loadInLine,
  stateOf,
} from "../mlx-serving/load-queue.ts";
import { letModelsGo, loadHeld } from "../load/model-holds.ts";
import { createModelResolver, type ResolvedLoadOptions } from "./model-resolver.ts";
import type { LoadOptions } from "../contract/options.ts";

type Hook = (input: never) => Promise<unknown>;

/**
 * Stands in front of a running mlx-serving engine's `loadModel`, `loadDraftModel`, `loadVisionModel` and
 * `warmupModel` (its snake_case twins call these), so that whoever holds the engine can load by repo id: what is not
 * here is downloaded first, with progress, and the engine only ever loads from this disk. Returns a function that
 * takes the hook away again. Throws `engine/already-hooked`.
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
  const onEvent = forwardToEmitter(engine, options.onEvent);
  const resolver = createModelResolver({ ...options, onEvent });

  const load =
    (method: "loadModel" | "loadDraftModel") =>
    async (input: string | EngineLoadOptions): Promise<unknown> => {
      const resolved = await resolver.resolveLoadOptions(input);
      const id = idOf(resolved);
      const commit = isCommit(resolved.revision ?? "") ? (resolved.revision ?? null) : null;
      const handle = await loadHeld(
        engine,
        { repoId: id, commit },
        { options, load: () => loadInLine(engine, { method, id, options: resolved }) },
      );
      await letModelsGo(engine, (held) => engine.getModelInfo?.(held) === undefined);
      return handle;
    };
  const hooks: Readonly<Record<HookedMethod, Hook>> = {
    loadModel: load("loadModel"),
    loadDraftModel: load("loadDraftModel"),
    async loadVisionModel(input: string | EngineVisionOptions) {
      return callOwn(engine, "loadVisionModel", await resolver.resolveVisionOptions(input));
    },
    async warmupModel(input: string | EngineLoadOptions) {
      await callOwn(engine, "warmupModel", await resolver.resolveLoadOptions(input));
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
      // Somebody may have put a hook of their own on top: theirs stays, ours lets everything through.
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
