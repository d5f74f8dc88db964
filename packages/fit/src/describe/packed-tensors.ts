import type { ConfiguredQuantization } from "../model/quantization.ts";
import type { TensorFinding } from "../model/tensor-finding.ts";
import { extra, missing, pathOf, short } from "./expected-tensors.ts";
import type { TensorNames } from "./tensor-names.ts";

/** A packing of its own for a module that is not packed: mlx-lm packs it all the same, or ends with an error. */
export function overrideFindings(
  names: TensorNames,
  configured: ConfiguredQuantization | undefined,
): readonly TensorFinding[] {
  for (const [path, packing] of configured?.overrides ?? []) {
    const has = (leaf: string): boolean => names.all.has(`${path}.${leaf}`);
    if (packing === false || !has("weight") || has("scales")) continue;
    const message = `config.json packs ${short(path)}, and its weights are not packed`;
    return [{ code: "override-fails", message }];
  }
  return [];
}

/** Packed weights without their scales or biases, and scales and biases without weights. */
export function packedFindings(
  names: TensorNames,
  configured: ConfiguredQuantization | undefined,
): readonly TensorFinding[] {
  // Other tools name their scales alike and pack otherwise.
  if (configured?.field !== "quantization") return [];
  for (const name of names.all) {
    const path = pathOf(name);
    const has = (leaf: string): boolean => names.all.has(`${path}.${leaf}`);
    if (name.endsWith(".biases") && !has("scales")) {
      return [extra(`${short(name)} has no scales beside it`)];
    }
    if (!name.endsWith(".scales")) continue;
    if (!has("weight")) return [missing(`the weights lack ${short(`${path}.weight`)}`)];
    if (names.isPacked(path) === false) {
      return [extra(`${short(path)} has scales, and its weights are not packed`)];
    }
    const float = names.hasFloatScales(path);
    if (float === false && !has("biases")) {
      return [missing(`the weights lack ${short(`${path}.biases`)}`)];
    }
    if (float === true && has("biases")) {
      return [extra(`${short(path)} has biases, which its packing does without`)];
    }
  }
  return [];
}
