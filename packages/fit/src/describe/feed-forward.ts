import { field } from "../model/json-value.ts";
import { countField } from "../model/model-config.ts";
import type { TensorFinding } from "../model/tensor-finding.ts";
import { type ComparedTensors, layerLeaf, short } from "./expected-tensors.ts";

/** LFM2 computes the width of its feed-forward from a larger one: `MLP` of mlx_lm/models/lfm2.py. */
export function feedForwardFindings({
  key,
  values,
  names,
  expected,
}: ComparedTensors): readonly TensorFinding[] {
  const width = key === "lfm2" ? feedForwardWidth(values) : undefined;
  if (width === undefined || expected.prefix === undefined) return [];
  for (const [name, shapes] of names.shapes) {
    if (!/^feed_forward\.w[13]\.weight$/.test(layerLeaf(name, expected.prefix)?.leaf ?? ""))
      continue;
    const [shape = []] = shapes;
    if (shapes.some(([rows]) => rows === width)) continue;
    const message = `${short(name)} is ${shape.join(" × ")}, and config.json makes it ${width} wide`;
    return [{ code: "tensor-shapes", message }];
  }
  return [];
}

function feedForwardWidth(values: ComparedTensors["values"]): number | undefined {
  const said = countField(values, "block_ff_dim") ?? countField(values, "intermediate_size");
  const multiple = countField(values, "block_multiple_of");
  if (said === undefined || multiple === undefined) return undefined;
  if (!field(values, "block_auto_adjust_ff_dim")) return said;
  const multiplier = field(values, "block_ffn_dim_multiplier");
  const least = Math.floor((2 * said) / 3);
  const scaled = typeof multiplier === "number" ? Math.floor(multiplier * least) : least;
  return multiple * Math.ceil(scaled / multiple);
}
