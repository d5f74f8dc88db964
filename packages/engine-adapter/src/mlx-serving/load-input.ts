import { EngineAdapterError } from "../contract/errors.ts";
import type { EngineLoadOptions, EngineModelDescriptor } from "./engine-types.ts";

/** A call of `loadModel`, taken apart. */
export interface LoadInput {
  /** The repo id, ref or path that `model` names. */
  readonly name: string;
  /** The caller's own object, when there was one. */
  readonly descriptor: EngineModelDescriptor | undefined;
  /** A folder that the caller named beside the id. */
  readonly localPath: string | undefined;
  readonly revision: string | undefined;
  /** Passed by mistake or by hope: the engine drops it, we honour it. */
  readonly signal: AbortSignal | undefined;
  /** The options that go to the engine unchanged. */
  readonly rest: Readonly<Record<string, unknown>>;
}

const ADAPTER_KEYS = ["adapter", "adapters", "adapterPath", "adapter_path"] as const;

/**
 * Splits the argument of the engine's `loadModel`: a string, or an object with the engine's aliases (`model_id`,
 * `local_path`). Throws `engine/invalid-input`, and `engine/adapter-unsupported` for an adapter, which the engine would
 * drop silently.
 */
export function readLoadInput(input: string | EngineLoadOptions): LoadInput {
  const given: Record<string, unknown> =
    typeof input === "string" ? { model: input } : { ...input };
  const adapter = ADAPTER_KEYS.find((key) => given[key] !== undefined);
  if (adapter !== undefined) throw noAdapters();
  const { model_id, local_path, revision, signal, onEvent: _, ...others } = given;
  const { model = model_id, localPath = local_path, ...rest } = others;
  const descriptor = isDescriptor(model) ? model : undefined;
  const name = descriptor?.id ?? model;
  if (typeof name !== "string" || name.trim() === "") {
    throw invalid("model", "the repo id, such as mlx-community/Qwen3-4B-4bit, or a folder");
  }
  const path = localPath ?? descriptor?.path ?? (descriptor?.source === "local" ? name : undefined);
  if (path !== undefined && typeof path !== "string") throw invalid("localPath", "a folder");
  if (revision !== undefined && typeof revision !== "string") {
    throw invalid("revision", "a branch, tag or commit");
  }
  return {
    name,
    descriptor,
    localPath: path,
    revision,
    signal: signal instanceof AbortSignal ? signal : undefined,
    rest,
  };
}

function noAdapters(): EngineAdapterError {
  return new EngineAdapterError(
    "mlx-serving cannot load a LoRA adapter: it would drop it and load the bare model",
    "engine/adapter-unsupported",
    {
      hint: "Fuse the adapter into the model (mlx_lm.fuse) and load that, or use an engine that takes adapters, such as mlx_lm.server.",
      data: { engine: "mlx-serving" },
    },
  );
}

function isDescriptor(model: unknown): model is EngineModelDescriptor {
  return typeof model === "object" && model !== null && "id" in model;
}

function invalid(key: string, wanted: string): EngineAdapterError {
  return new EngineAdapterError(`${key} of the load options is not text`, "engine/invalid-input", {
    hint: `Give ${wanted}.`,
    data: { key },
  });
}
