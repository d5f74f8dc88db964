import { type EvidenceList, evidenceOf } from "../model/evidence.ts";
import { stringField } from "../model/json-value.ts";
import type { ModelConfig } from "../model/model-config.ts";
import type { ConfiguredQuantization } from "../model/quantization.ts";
import type { StoredWeights } from "./stored-weights.ts";

/** The dtype of the tensors that are not packed: by the tensors, else by the config, else the usual one. */
export function dtypeOf(
  { config, evidence }: { readonly config: ModelConfig; readonly evidence: EvidenceList },
  stored: StoredWeights | undefined,
  configured: ConfiguredQuantization | undefined,
): string {
  if (stored?.dtype !== undefined) {
    evidence["dtype"] = evidenceOf("header", "the tensors that keys are computed with");
    return stored.dtype;
  }
  for (const [section, prefix] of [
    [config.text, config.prefix],
    [config.root, ""],
  ] as const) {
    for (const name of ["dtype", "torch_dtype"]) {
      const dtype = stringField(section, name)?.replace(/^torch\./, "");
      if (dtype === undefined || !DTYPES.has(dtype)) continue;
      const widened = dtype === "float16" && hasFloatPackedEmbedding(configured);
      const why = widened ? `, widened by embeddings packed as ${configured?.mode}` : "";
      evidence["dtype"] = evidenceOf("config", `config.json: ${prefix}${name}${why}`);
      return widened ? "float32" : dtype;
    }
  }
  evidence["dtype"] = evidenceOf("default", "no file says it; two bytes are usual", true);
  return "bfloat16";
}

/** MLX unpacks mxfp4, nvfp4 and mxfp8 to bfloat16, which together with float16 makes float32. */
function hasFloatPackedEmbedding(configured: ConfiguredQuantization | undefined): boolean {
  return (
    configured?.field === "quantization" &&
    ["mxfp4", "nvfp4", "mxfp8"].includes(configured.mode) &&
    ![...configured.overrides.keys()].some((path) => path.includes("embed"))
  );
}

const DTYPES: ReadonlySet<string> = new Set(["bfloat16", "float16", "float32"]);
