import { AsyncLocalStorage } from "node:async_hooks";
import type {
  EngineLoadOptions,
  EngineModelHandle,
  EngineVisionOptions,
  LoadableEngine,
} from "./engine-types.ts";

/** The methods of an engine that the hook replaces. */
export type HookedMethod = LoadMethod | "unloadModel" | "unloadDraftModel";

type LoadMethod = "loadModel" | "loadDraftModel" | "loadVisionModel" | "warmupModel";

interface EngineState {
  /**
   * The end of the line. One load at a time: the engine tells loads apart by id alone, counts those under way among the
   * models it holds, and its runtime does one after the other anyway.
   */
  line: Promise<unknown>;
  /** Per id and commit: how many stand in line for it. */
  readonly wanted: Map<string, number>;
  /** The engine's own methods, while a hook stands in front of them. */
  readonly originals: Map<HookedMethod, (options: never) => Promise<unknown>>;
  /** The commit that a handle was loaded from. Forgotten with the handle. */
  readonly commits: WeakMap<object, string>;
}

const states = new WeakMap<object, EngineState>();

/**
 * The arguments of a running call of one of the engine's own methods: some of them call another one with the same
 * options.
 */
const beingLoaded = new AsyncLocalStorage<object>();

/** The state for one engine instance. It lives as long as the engine. */
export function stateOf(engine: object): EngineState {
  const known = states.get(engine);
  if (known) return known;
  const state: EngineState = {
    line: Promise.resolve(),
    wanted: new Map(),
    originals: new Map(),
    commits: new WeakMap(),
  };
  states.set(engine, state);
  return state;
}

/** A call of one of the engine's own methods that load. */
export interface LoadCall {
  readonly method: LoadMethod;
  /** Under which the engine knows the model afterwards. */
  readonly id: string;
  readonly options: EngineLoadOptions | EngineVisionOptions;
}

/**
 * Calls one of the engine's own methods when all earlier loads are over. A full engine drops its oldest model but still
 * refuses. Only then is it called once more. When `signal` was aborted meanwhile and no other caller waits for the same
 * model, the model is unloaded again.
 */
export async function loadInLine<Handle extends EngineModelHandle>(
  engine: LoadableEngine<Handle>,
  { method, id, options }: LoadCall,
  signal?: AbortSignal,
): Promise<Handle> {
  const state = stateOf(engine);
  const want = JSON.stringify([id, options.revision, options["localPath"], method]);
  const load = async (): Promise<Handle> => {
    signal?.throwIfAborted();
    const before = engine.getModelInfo?.(id);
    const result = await onceMoreWhenFull(() => callOwn(engine, method, options));
    // Warming up gives nothing back.
    const handle = result ?? engine.getModelInfo?.(id);
    if (handle && options.revision !== undefined) state.commits.set(handle, options.revision);
    if (signal?.aborted && before !== handle && state.wanted.get(want) === 1) {
      await engine.unloadModel?.(id);
    }
    return handle;
  };
  state.wanted.set(want, (state.wanted.get(want) ?? 0) + 1);
  const turn = state.line.then(load);
  state.line = turn.catch(() => undefined);
  try {
    return await turn;
  } finally {
    const left = (state.wanted.get(want) ?? 1) - 1;
    if (left === 0) state.wanted.delete(want);
    else state.wanted.set(want, left);
  }
}

/** Calls the engine's own method, not a hook in front of it. */
export async function callOwn<Handle extends EngineModelHandle>(
  engine: LoadableEngine<Handle>,
  method: HookedMethod,
  argument: object | string | undefined,
): Promise<Handle> {
  const own = stateOf(engine).originals.get(method) ?? engine[method];
  const call = (): Promise<unknown> | undefined => own?.call(engine, argument as never);
  const loads = typeof argument === "object";
  return (await (loads ? beingLoaded.run(argument, call) : call())) as Handle;
}

/**
 * Whether the engine calls itself with options that were resolved already. The folder decides, since the engine copies
 * options. Loads by the engine's listeners in the meantime do not count.
 */
export function isOwnCall(input: unknown): boolean {
  const resolved = beingLoaded.getStore();
  if (resolved === undefined || typeof input !== "object" || input === null) return false;
  if (!("localPath" in input) || !("localPath" in resolved)) return false;
  return input.localPath === resolved.localPath;
}

async function onceMoreWhenFull<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isFull(error)) throw error;
    return await load();
  }
}

function isFull(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === "ModelLoadError" && /maximum number of loaded models/i.test(String(message));
}
