import type { CacheGroup } from "./cache-layout.ts";
import { countField, type ModelConfig } from "./model-config.ts";

/** The cache groups of a model of mlx-lm's `module`; undefined when the config lacks what the module needs, or the module is not known here. */
export function cacheGroups(
  module: string,
  config: ModelConfig,
): readonly CacheGroup[] | undefined {
  return DENSE_MODULES.has(module) ? denseGroups(config) : undefined;
}

const DENSE_MODULES: ReadonlySet<string> = new Set(["llama", "qwen2", "qwen3", "qwen3_moe"]);

function denseGroups({ text }: ModelConfig): readonly CacheGroup[] | undefined {
  const layers = countField(text, "num_hidden_layers");
  const heads = countField(text, "num_attention_heads");
  const hidden = countField(text, "hidden_size");
  if (layers === undefined || heads === undefined) return undefined;
  const dim =
    countField(text, "head_dim") ?? (hidden === undefined ? undefined : Math.floor(hidden / heads));
  if (dim === undefined) return undefined;
  const shape = {
    heads: countField(text, "num_key_value_heads") ?? heads,
    keyDim: dim,
    valueDim: dim,
  };
  return [{ count: layers, caches: [{ kind: "full", ...shape }], list: false }];
}
