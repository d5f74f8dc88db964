import { isObject } from "./bridge-message.ts";

/** What a Python can run. */
export interface PythonRuntime {
  /** Installed versions of `mlx`, `mlx-lm`, `mlx-vlm`, `transformers`, `huggingface_hub`, `hf_xet`; null where absent. */
  readonly versions: Readonly<Record<string, string | null>>;
  /** `mx.device_info()` with the default device's name under `device`; null without mlx, `{error}` when MLX fails to start. */
  readonly device:
    | { readonly device: string; readonly info: Readonly<Record<string, unknown>> }
    | { readonly error: string }
    | null;
  /** The `model_type`s that mlx-lm has a module for; null without mlx-lm. */
  readonly modelTypes: readonly string[] | null;
  /** `model_type`s that mlx-lm loads with the module of another. */
  readonly modelRemapping: Readonly<Record<string, string>>;
}

/** Reads the answer to `runtime`; what has another shape counts as absent. */
export function readRuntime(result: Readonly<Record<string, unknown>>): PythonRuntime {
  const { versions, device, modelTypes, modelRemapping } = result;
  return {
    versions: Object.fromEntries(
      Object.entries(isObject(versions) ? versions : {}).map(([name, version]) => [
        name,
        typeof version === "string" ? version : null,
      ]),
    ),
    device: readDevice(device),
    modelTypes: Array.isArray(modelTypes) ? modelTypes.filter(isText) : null,
    modelRemapping: Object.fromEntries(
      Object.entries(isObject(modelRemapping) ? modelRemapping : {}).filter(
        (entry): entry is [string, string] => isText(entry[1]),
      ),
    ),
  };
}

const isText = (value: unknown): value is string => typeof value === "string";

function readDevice(device: unknown): PythonRuntime["device"] {
  if (!isObject(device)) return null;
  const { error, info } = device;
  if (isText(error)) return { error };
  return isText(device["device"])
    ? { device: device["device"], info: isObject(info) ? info : {} }
    : null;
}
