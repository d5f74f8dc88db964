import { realpath } from "node:fs/promises";
import type { CheckFolder, EnsuredModel } from "../contract/engine.ts";
import { ensureFitting } from "../ensure/ensure-fitting.ts";
import type { OnEngineEvent } from "../contract/events.ts";
import { findLocalModel, isLocalRef } from "../ensure/local-ref.ts";
import { checkEngineId, checkEnginePath, isEngineId } from "../mlx-serving/engine-rules.ts";
import type { EngineLoadOptions, EngineVisionOptions } from "../mlx-serving/engine-types.ts";
import { readLoadInput } from "../mlx-serving/load-input.ts";
import type { EnsureOptions, LoadOptions } from "../contract/options.ts";
import { checkTrustedFolder, realPlace } from "../ensure/trusted-directories.ts";

/** Options of one call. They win over the resolver's own. */
export interface ResolveCall {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEngineEvent | undefined;
}

/** The arguments for mlx-serving, and the model behind them. */
export interface ModelResolver {
  /**
   * Turns the arguments of the engine's `loadModel` into ones that it loads from this disk without a network request:
   * the same object with the repo id as `model`, the folder as `localPath` and the commit as `revision`. Downloads
   * missing files. Arguments that the engine would refuse (or drop) are refused before the first byte.
   */
  readonly resolveLoadOptions: (
    input: string | EngineLoadOptions,
    call?: ResolveCall,
  ) => Promise<ResolvedLoadOptions>;
  /** The same for `loadVisionModel`: the folder as `model` where the engine takes its name, else the id and commit. */
  readonly resolveVisionOptions: (
    input: string | EngineVisionOptions,
    call?: ResolveCall,
  ) => Promise<EngineVisionOptions>;
}

/** Load options that lead to a folder on this disk. */
export interface ResolvedLoadOptions extends EngineLoadOptions {
  localPath: string;
}

/** A resolver that also says where a vision model lies, whatever the engine is told. */
export interface PlacingResolver extends ModelResolver {
  readonly resolveVision: (
    input: string | EngineVisionOptions,
    call?: ResolveCall,
  ) => Promise<{ readonly options: EngineVisionOptions; readonly path: string }>;
}

/** Makes a resolver for mlx-serving. It does no work until it is called. */
export function createModelResolver(options: LoadOptions = {}): ModelResolver {
  const { resolveLoadOptions, resolveVisionOptions } = createPlacingResolver(options);
  return { resolveLoadOptions, resolveVisionOptions };
}

/** `createModelResolver` for the hook. */
export function createPlacingResolver(options: LoadOptions = {}): PlacingResolver {
  const check: CheckFolder = async ({ repoId, path }) => {
    checkEngineId(repoId);
    checkEnginePath(await realPlace(path));
  };

  const find = async (
    input: { readonly name: string; readonly revision: string | undefined },
    call: ResolveCall,
    byMlxLm = true,
  ): Promise<EnsuredModel> => {
    const model = await ensureFitting(
      input.name,
      {
        ...options,
        ...defined({ ...call, revision: input.revision }),
      },
      { check, byMlxLm },
    );
    return { ...model, path: await realpath(model.path) };
  };

  const resolveVision: PlacingResolver["resolveVision"] = async (input, call = {}) => {
    const given = typeof input === "string" ? { model: input } : input;
    const { name, revision, signal, rest } = readLoadInput(given);
    const withSignal = { ...call, signal: call.signal ?? signal };
    // It is mlx-vlm that loads these.
    const model = await find({ name, revision }, withSignal, false);
    // The runtime checks this path as an id, so most characters are not welcome in it.
    const byPath = isEngineId(model.path) || (model.commit === null && isLocalRef(name));
    if (byPath) checkEngineId(model.path);
    const resolved = {
      ...rest,
      model: byPath ? model.path : model.repoId,
      ...defined({ revision: model.commit ?? undefined }),
    };
    return { options: resolved, path: model.path };
  };

  return {
    resolveVision,
    resolveVisionOptions: async (input, call) => (await resolveVision(input, call)).options,
    async resolveLoadOptions(input, call = {}) {
      const { name, descriptor, localPath, revision, signal, rest } = readLoadInput(input);
      const withSignal = { ...call, signal: call.signal ?? signal };
      const { id, path, commit } =
        localPath === undefined
          ? await find({ name, revision }, withSignal).then((model) => ({
              ...model,
              id: idFor(name, model.repoId),
            }))
          : await local({ id: name, path: localPath }, options);
      return {
        ...rest,
        model: descriptor ? { ...descriptor, id, path } : id,
        localPath: path,
        ...defined({ revision: commit ?? revision }),
      };
    },
  };
}

/** A path stays the model's name wherever the engine takes it: callers go on using it in every later call. */
function idFor(name: string, known: string): string {
  const given = name.trim();
  return isLocalRef(given) && isEngineId(given) ? given : known;
}

/** A folder that the caller named beside an id: only looked at. An id that the engine would refuse is replaced. */
async function local(
  named: { readonly id: string; readonly path: string },
  { env, trustedModelDirectories: trusted }: EnsureOptions,
): Promise<{ id: string; path: string; commit: string | null }> {
  const model = await findLocalModel(named.path, env);
  const id = isLocalRef(named.id) ? idFor(named.id, model.id) : named.id;
  checkEngineId(id);
  checkEnginePath(model.path);
  if (trusted) await checkTrustedFolder(model.path, trusted);
  return { id, path: model.path, commit: model.snapshot?.commit ?? null };
}

/** The entries that have a value. */
function defined<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
