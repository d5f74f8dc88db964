import { isObject } from "./bridge-message.ts";

/** The abilities of a Python. */
export interface PythonRuntime {
  /**
   * Installed versions of `mlx`, `mlx-lm`, `mlx-vlm`, `transformers`, `huggingface_hub`, `hf_xet`. Null where absent.
   */
  readonly versions: Readonly<Record<string, string | null>>;
  /**
   * `mx.device_info()` with the default device's name under `device`. Null without mlx, `{error}` when MLX fails to
   * start.
   */
  readonly device:
    | { readonly device: string; readonly info: Readonly<Record<string, unknown>> }
    | { readonly error: string }
    | null;
  /** The `model_type`s that mlx-lm has a module for. Null without mlx-lm. */
  readonly modelTypes: readonly string[] | null;
  /** Those of them that want a Python package which is not installed. */
  readonly needsMore: readonly string[];
  /** `model_type`s that mlx-lm loads with the module of another. */
  readonly modelRemapping: Readonly<Record<string, string>>;
  /** The same by `model_type` together with an entry of `architectures`. */
  readonly architectureRemapping: readonly {
    readonly modelType: string;
    readonly architecture: string;
    readonly module: string;
  }[];
  /** The modes that `mx.quantize` takes. Null where MLX did not start. */
  readonly quantizationModes: readonly string[] | null;
  /**
   * False where this mlx-lm calls `mx.gather_qmm` with a keyword that this MLX does not have, so that a mixture with
   * packed experts fails at its first token. Null where MLX did not start.
   */
  readonly packedExperts: boolean | null;
}

/** Reads the answer to `runtime`. A field of another shape counts as absent. */
export function readRuntime(result: Readonly<Record<string, unknown>>): PythonRuntime {
  const { versions, device, modelTypes, modelRemapping, packedExperts } = result;
  return {
    versions: Object.fromEntries(
      Object.entries(isObject(versions) ? versions : {}).map(([name, version]) => [
        name,
        typeof version === "string" ? version : null,
      ]),
    ),
    device: readDevice(device),
    modelTypes: readTexts(modelTypes),
    needsMore: readTexts(result["needsMore"]) ?? [],
    modelRemapping: Object.fromEntries(
      Object.entries(isObject(modelRemapping) ? modelRemapping : {}).filter(
        (entry): entry is [string, string] => isText(entry[1]),
      ),
    ),
    architectureRemapping: readArchitectures(result["architectureRemapping"]),
    quantizationModes: readTexts(result["quantizationModes"]),
    packedExperts: typeof packedExperts === "boolean" ? packedExperts : null,
  };
}

const isText = (value: unknown): value is string => typeof value === "string";

const readTexts = (value: unknown): readonly string[] | null =>
  Array.isArray(value) ? value.filter(isText) : null;

function readArchitectures(value: unknown): PythonRuntime["architectureRemapping"] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : []).flatMap((entry) => {
    if (!isObject(entry)) return [];
    const { modelType, architecture, module } = entry;
    const whole = isText(modelType) && isText(architecture) && isText(module);
    return whole ? [{ modelType, architecture, module }] : [];
  });
}

function readDevice(device: unknown): PythonRuntime["device"] {
  if (!isObject(device)) return null;
  const { error, info } = device;
  if (isText(error)) return { error };
  return isText(device["device"])
    ? { device: device["device"], info: isObject(info) ? info : {} }
    : null;
}
