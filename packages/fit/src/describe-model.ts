import { cacheGroups } from "./cache-layouts.ts";
import { MLX_LM_TABLE } from "./mlx-lm-table.ts";
import { type MlxLmSupport, mlxLmModule } from "./mlx-lm-support.ts";
import { countField, parseModelConfig } from "./model-config.ts";
import type { Evidence, ModelDescription } from "./model-description.ts";
import type { ModelFiles } from "./model-files.ts";

/** How a model is described. */
export interface DescribeOptions {
  /** The release of mlx-lm that would run it; default: the one this package knows. */
  readonly support?: MlxLmSupport | undefined;
}

/** Describes a model from its own files, with the evidence for each value. Throws `fit/invalid-config`. */
export function describeModel(files: ModelFiles, options: DescribeOptions = {}): ModelDescription {
  const { support = MLX_LM_TABLE } = options;
  const config = parseModelConfig(files.config);
  const { text, modelType, architectures } = config;
  const module =
    modelType === undefined ? undefined : mlxLmModule(modelType, architectures, support);
  const groups = module === undefined ? undefined : cacheGroups(module, config);
  const evidence: Record<string, Evidence> = {};
  return {
    modelType: modelType ?? null,
    module: module ?? null,
    architectures,
    attention: null,
    experts: null,
    layers: countField(text, "num_hidden_layers") ?? null,
    hiddenSize: countField(text, "hidden_size") ?? null,
    vocabularySize: countField(text, "vocab_size") ?? null,
    parameters: null,
    storedElements: null,
    weightsBytes: null,
    dtype: null,
    quantization: null,
    contextLength: countField(text, "max_position_embeddings") ?? null,
    ropeScaling: null,
    cache: groups ? { elementBytes: 2, groups } : null,
    tokenizer: null,
    chatTemplate: null,
    roles: [],
    license: null,
    baseModels: [],
    remoteCode: [],
    weightFiles: [],
    ignoredWeightFiles: [],
    missingFiles: [],
    problems: [],
    evidence,
  };
}
