import {
  field,
  isObject,
  type JsonObject,
  objectField,
  parseJsonObject,
  stringField,
} from "./json-value.ts";
import { countField } from "./model-config.ts";

/** How the weights are packed. */
export interface Quantization {
  /** MLX's mode (`affine`, `mxfp4`, `nvfp4`, `mxfp8`), or the foreign method (`fp8`, `bitnet` …) as the config names it. */
  readonly mode: string;
  readonly bits: number | null;
  readonly groupSize: number | null;
  /** All stored bits by all logical parameters. Null when one of them is unknown. */
  readonly bitsPerWeight: number | null;
  /** Some packed layer differs in mode, bits or group. */
  readonly mixed: boolean;
}

/** How one layer is packed. */
export interface Packing {
  readonly mode: string;
  readonly bits: number;
  readonly groupSize: number;
}

/** The quantization that a config declares, and how mlx-lm reads it. */
export interface ConfiguredQuantization {
  /** Whether `quantization` says it, or the `quantization_config` of another tool. */
  readonly field: string;
  readonly mode: string;
  readonly bits: number | undefined;
  readonly groupSize: number | undefined;
  /** Layers with a packing of their own, by module path. False: left as they are. */
  readonly overrides: ReadonlyMap<string, Packing | false>;
  /** Why mlx-lm does not load it, one sentence. */
  readonly unsupported: string | undefined;
  /**
   * A label that MLX has no packing for, one sentence. mlx-lm reads the packing from the shapes of the tensors, so that they
   * decide.
   */
  readonly odd?: string | undefined;
  /** `quant_method` of another tool. */
  readonly method?: string | undefined;
}

// Group size and bits that each of MLX's modes has (`mlx.core.quantize`). Those of affine are the defaults.
const MODES: ReadonlyMap<string, { readonly groupSize: number; readonly bits: number }> = new Map([
  ["affine", { groupSize: 64, bits: 4 }],
  ["mxfp4", { groupSize: 32, bits: 4 }],
  ["nvfp4", { groupSize: 16, bits: 4 }],
  ["mxfp8", { groupSize: 32, bits: 8 }],
]);

/** Whether MLX has a kernel for this packing. */
export function isPacking({ mode, bits, groupSize }: Packing): boolean {
  if (mode === "affine") {
    return [1, 2, 3, 4, 5, 6, 8].includes(bits) && [32, 64, 128].includes(groupSize);
  }
  const known = MODES.get(mode);
  return known?.bits === bits && known.groupSize === groupSize;
}

/**
 * The quantization that a parsed `config.json` names, as mlx-lm's `load_model` reads it: `quantization` at the top, else
 * the `quantization_config` of the tools it converts from, else the text of `hf_quant_config.json`. Undefined when the
 * weights are plain.
 */
export function configuredQuantization(
  config: JsonObject,
  hfQuantConfig?: string,
): ConfiguredQuantization | undefined {
  const own = objectField(config, "quantization");
  if (own) return mlxQuantization(own);
  const at = objectField(config, "quantization_config")
    ? config
    : objectField(config, "text_config");
  const foreign = objectField(at, "quantization_config") ?? parseJsonObject(hfQuantConfig);
  return foreign && foreignQuantization(foreign);
}

function mlxQuantization(own: JsonObject): ConfiguredQuantization {
  const mode = stringField(own, "mode") ?? "affine";
  const known = MODES.get(mode);
  const bits = countField(own, "bits");
  const groupSize = countField(own, "group_size");
  const overrides = new Map<string, Packing | false>();
  for (const [path, value] of Object.entries(own)) {
    // To Python an empty object is as good as no.
    if (value === false || value === null) overrides.set(path, false);
    else if (value === true && bits !== undefined && groupSize !== undefined) {
      overrides.set(path, { mode, bits, groupSize });
    } else if (isObject(value)) {
      overrides.set(path, Object.keys(value).length > 0 && overridePacking(value));
    }
  }
  return {
    field: "quantization",
    mode,
    bits,
    groupSize,
    overrides,
    unsupported: missingField(own),
    odd: known ? impossible(mode, bits, groupSize) : `its quantization mode is ${mode}`,
  };
}

/** An override without a mode is affine, beside others of any mode (mlx `to_quantized`). */
function overridePacking(value: JsonObject): Packing {
  const mode = stringField(value, "mode") ?? "affine";
  const { bits, groupSize } = MODES.get(mode) ?? { bits: 4, groupSize: 64 };
  return {
    mode,
    bits: countField(value, "bits") ?? bits,
    groupSize: countField(value, "group_size") ?? groupSize,
  };
}

const missingField = (own: JsonObject): string | undefined =>
  field(own, "bits") === undefined || field(own, "group_size") === undefined
    ? "its quantization lacks bits or group_size"
    : undefined;

const impossible = (mode: string, bits = 0, groupSize = 0): string | undefined =>
  isPacking({ mode, bits, groupSize })
    ? undefined
    : `MLX has no ${mode} with ${bits} bits and groups of ${groupSize}`;

function foreignQuantization(foreign: JsonObject): ConfiguredQuantization | undefined {
  // To Python an empty object is none at all.
  if (Object.keys(foreign).length === 0) return undefined;
  const method = stringField(foreign, "quant_method");
  const as = (mode: string, groupSize: number, bits: number): ConfiguredQuantization => ({
    field: "quantization_config",
    mode,
    bits,
    groupSize,
    overrides: new Map(),
    unsupported: undefined,
    method,
  });
  const refused = (mode: string, reason: string | undefined): ConfiguredQuantization => ({
    ...as(mode, 0, 0),
    bits: countField(foreign, "bits"),
    groupSize: countField(foreign, "group_size"),
    unsupported: reason,
  });
  switch (method) {
    case undefined:
      // mlx_lm.convert writes the same object twice. A single one is not its work.
      return refused(
        stringField(foreign, "mode") ?? "unknown",
        "its quantization_config names no quant_method",
      );
    case "mxfp4":
      return as("mxfp4", 32, 4);
    case "mxfp8":
      return as("mxfp8", 32, 8);
    case "fp8":
      return isMxfp8(foreign) ? as("mxfp8", 32, 8) : { ...as("fp8", 0, 8), groupSize: undefined };
    case "bitnet":
      return { ...as("bitnet", 0, 2), groupSize: undefined };
    case "compressed-tensors":
      return compressedTensors(stringField(foreign, "format"), { as, refused });
    case "modelopt": {
      const settings = objectField(foreign, "quantization") ?? foreign;
      const algorithm = stringField(settings, "quant_algo") ?? "nothing";
      return algorithm === "NVFP4"
        ? as("nvfp4", countField(settings, "group_size") ?? 16, 4)
        : refused("modelopt", `mlx-lm reads NVFP4 of modelopt, not ${algorithm}`);
    }
    case "gptq":
      // mlx-lm unpacks it as AWQ, which packs along the other side.
      return refused(method, "mlx-lm does not read weights as GPTQ packs them");
    case "awq": {
      const bits = countField(foreign, "bits") ?? 4;
      return bits === 4
        ? as("affine", countField(foreign, "group_size") ?? 128, 4)
        : refused(method, `mlx-lm reads ${method} of 4 bits, not of ${bits}`);
    }
    default:
      // mlx-lm takes no notice of methods that it does not know: the tensors decide.
      return refused(method, undefined);
  }
}

interface Makers {
  readonly as: (mode: string, groupSize: number, bits: number) => ConfiguredQuantization;
  readonly refused: (mode: string, reason: string) => ConfiguredQuantization;
}

function compressedTensors(format: string | undefined, { as, refused }: Makers) {
  if (format === "nvfp4-pack-quantized") return as("nvfp4", 16, 4);
  if (format === "mxfp4-pack-quantized") return as("mxfp4", 32, 4);
  if (format === "pack-quantized") return as("affine", 32, 4);
  return refused(
    "compressed-tensors",
    `mlx-lm does not read the compressed-tensors format ${format ?? "that is not named"}`,
  );
}

/** Power-of-two scales over blocks of 32 × 32 are mxfp8: mlx-lm keeps them packed. */
function isMxfp8(foreign: JsonObject): boolean {
  const block = field(foreign, "weight_block_size");
  return (
    stringField(foreign, "scale_fmt") === "ue8m0" &&
    Array.isArray(block) &&
    block.length === 2 &&
    block.every((size) => size === 32)
  );
}
