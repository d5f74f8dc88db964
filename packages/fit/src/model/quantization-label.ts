import { isObject } from "./json-value.ts";

/**
 * A short label for how a model's weights are stored, from its parsed `config.json`: `4bit-g64` (bits and group size
 * of MLX's affine mode), the mode's name otherwise (`mxfp4`, `nvfp4`, `mxfp8`), a foreign `quant_method` (`awq`,
 * `gptq` …), else `torch_dtype` (`bfloat16`). Undefined when the config says nothing.
 */
export function quantizationLabel(config: unknown): string | undefined {
  if (!isObject(config)) return undefined;
  const text = config["text_config"];
  return (
    mlxLabel(config["quantization"]) ??
    methodLabel(config["quantization_config"]) ??
    (isObject(text)
      ? (mlxLabel(text["quantization"]) ?? methodLabel(text["quantization_config"]))
      : undefined) ??
    dtypeLabel(config) ??
    dtypeLabel(text)
  );
}

function mlxLabel(quantization: unknown): string | undefined {
  if (!isObject(quantization)) return undefined;
  const mode = word(quantization["mode"]);
  if (mode !== undefined && mode !== "affine") return mode;
  const bits = count(quantization["bits"]);
  const group = count(quantization["group_size"]);
  if (bits === undefined) return undefined;
  return group === undefined ? `${bits}bit` : `${bits}bit-g${group}`;
}

function methodLabel(quantization: unknown): string | undefined {
  return isObject(quantization)
    ? (word(quantization["quant_method"]) ?? mlxLabel(quantization))
    : undefined;
}

function dtypeLabel(config: unknown): string | undefined {
  return isObject(config) ? (word(config["torch_dtype"]) ?? word(config["dtype"])) : undefined;
}

const word = (value: unknown): string | undefined =>
  typeof value === "string" && /^[\w.-]{1,40}$/.test(value) ? value : undefined;

const count = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value < 4096
    ? value
    : undefined;
