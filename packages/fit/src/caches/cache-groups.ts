import type { CacheGroup, LayerCache } from "../model/cache-layout.ts";
import { kvBitsFailure } from "./kv-bits.ts";
import { field, objectField, stringField, type JsonObject } from "../model/json-value.ts";
import { dense, denseByOtherNames } from "./layouts/dense.ts";
import { hybridLayouts } from "./layouts/hybrid.ts";
import { latentLayouts } from "./layouts/latent.ts";
import type { Layout } from "./layouts/layers.ts";
import { recurrentLayouts } from "./layouts/recurrent.ts";
import { slidingLayouts } from "./layouts/sliding.ts";
import { MLX_LM_ARGUMENTS } from "../mlx-lm/arguments.ts";
import { MissingSetting, modelArguments } from "../mlx-lm/model-arguments.ts";

/** How a model keeps the past. */
export type AttentionFamily = "dense" | "sliding" | "latent" | "hybrid" | "recurrent";

/** The caches of a model, or why they are not known. */
export type FoundCacheGroups =
  | {
      readonly groups: readonly CacheGroup[];
      readonly family: AttentionFamily;
      readonly kvBitsFailure: string | null;
    }
  | { readonly reason: string };

/** The caches of a model that mlx-lm runs with `module`, from the parsed `config.json`. */
export function findCacheGroups(module: string, config: JsonObject): FoundCacheGroups {
  const { key, values } = languageModel(module, config);
  const layout = layoutOf(key);
  if (!layout) return { reason: `how ${module} keeps the past is not known here` };
  try {
    const groups = layout(modelArguments(key, values));
    if (!groups.every(isBelievable)) return { reason: "its settings give layers that cannot be" };
    const family = familyOf(key, groups);
    return { groups, family, kvBitsFailure: kvBitsFailure(key, groups) };
  } catch (error) {
    if (error instanceof MissingSetting) return { reason: error.message };
    throw error;
  }
}

/** The settings that the module that runs the language model takes, and its names for them in `MLX_LM_ARGUMENTS`. */
export interface LanguageModel {
  readonly key: string;
  readonly values: JsonObject;
}

/** Which module of mlx-lm runs the language model of a config, and from which settings: some only wrap another one. */
export function languageModel(module: string, config: JsonObject): LanguageModel {
  const text = objectField(config, "text_config");
  const wrapped = Object.hasOwn(WRAPPED, module) ? WRAPPED[module] : undefined;
  if (!wrapped) return { key: module, values: config };
  const key = typeof wrapped.key === "string" ? wrapped.key : wrapped.key(text ?? {});
  const own = wrapped.merged ? { ...config, ...text } : (text ?? (wrapped.orRoot ? config : {}));
  const vocabulary =
    wrapped.vocabulary === undefined
      ? {}
      : { vocab_size: field(config, "vocab_size") ?? wrapped.vocabulary };
  return { key, values: { ...wrapped.defaults, ...own, ...vocabulary } };
}

// Far above any model, and far below the largest safe integer.
const MAX_FIGURE = 1e12;

function isBelievable({ count, caches }: CacheGroup): boolean {
  const figures = caches.flatMap((cache) =>
    Object.values(cache).filter((value): value is number => typeof value === "number"),
  );
  return (
    [count, ...figures].every((value) => Number.isSafeInteger(value) && value >= 0) &&
    caches.reduce((sum, cache) => sum + count * rowOf(cache), 0) <= MAX_FIGURE
  );
}

/** Numbers that a layer keeps for one token, or in all. */
function rowOf(cache: LayerCache): number {
  if ("heads" in cache) return cache.heads * (cache.keyDim + cache.valueDim);
  return (
    cache.elements +
    (cache.kind === "compressed" ? cache.pendingFloat32Elements : cache.float32Elements)
  );
}

interface Wrapped {
  readonly key: string | ((text: JsonObject) => string);
  /** The settings that the wrapper fills in. */
  readonly defaults?: JsonObject;
  /** The vocabulary of the wrapper counts, with this default. */
  readonly vocabulary?: number;
  /** A config without `text_config` is taken as one. */
  readonly orRoot?: boolean;
  /** `text_config` is laid over the rest. */
  readonly merged?: boolean;
}

const WRAPPED: Readonly<Record<string, Wrapped>> = {
  deepseek_v41: { key: "deepseek_v41", orRoot: true },
  gemma3: {
    key: "gemma3_text",
    defaults: { num_attention_heads: 8, num_key_value_heads: 4 },
    vocabulary: 262_208,
  },
  gemma3n: { key: "gemma3n/text" },
  gemma4: {
    key: "gemma4_text",
    defaults: { num_attention_heads: 8, num_key_value_heads: 1 },
    vocabulary: 262_144,
  },
  kimi_k25: { key: "kimi_k25/text" },
  kimi_k3: { key: "kimi_k3/text", orRoot: true },
  kimi_vl: { key: "kimi_vl/text" },
  "lfm2-vl": { key: "lfm2" },
  llama4: { key: "llama4/text" },
  minimax_m3_vl: { key: "minimax_m3_vl/text" },
  mistral3: {
    key: (text) => {
      const type = stringField(text, "model_type") ?? "";
      return ["ministral3", "mistral4"].includes(type) ? type : "llama";
    },
  },
  muse_glimmer: { key: "muse_glimmer", merged: true },
  muse_spark: { key: "muse_spark/text" },
  pixtral: { key: "llama", defaults: { num_attention_heads: 32 } },
  prism_hadamard_qwen35: { key: "qwen3_5/text" },
  qwen2_vl: { key: "qwen2", orRoot: true },
  qwen3_5: { key: "qwen3_5/text", orRoot: true },
  qwen3_5_moe: { key: "qwen3_5/text", orRoot: true },
  qwen3_vl: { key: "qwen3", orRoot: true },
  qwen3_vl_moe: { key: "qwen3_moe" },
};

const FAMILIES = {
  hybrid: hybridLayouts,
  latent: latentLayouts,
  recurrent: recurrentLayouts,
  sliding: slidingLayouts,
  dense: denseByOtherNames,
} as const;

function layoutOf(key: string): Layout | undefined {
  for (const layouts of Object.values(FAMILIES)) {
    if (Object.hasOwn(layouts, key)) return layouts[key];
  }
  return Object.hasOwn(MLX_LM_ARGUMENTS, key) ? dense : undefined;
}

function familyOf(key: string, groups: readonly CacheGroup[]): AttentionFamily {
  if (Object.hasOwn(latentLayouts, key)) return "latent";
  const kinds = new Set(groups.flatMap(({ caches }) => caches.map(({ kind }) => kind)));
  if (kinds.has("state")) return kinds.has("full") ? "hybrid" : "recurrent";
  return kinds.has("window") || kinds.has("chunked") ? "sliding" : "dense";
}
