import type { CacheGroup, LayerCache } from "../model/cache-layout.ts";
import type { JsonObject } from "../model/json-value.ts";
import { countField } from "../model/model-config.ts";
import type { ScoreMatrix } from "../model/score-matrix.ts";

// The names of the number of query heads in configs, the usual name first.
const HEADS = ["num_attention_heads", "n_head", "num_heads", "n_heads"];

// Modules that add the scores of the position to those of the content and give both to MLX's attention as a mask.
const LATENT: ReadonlySet<string> = new Set([
  "bailing_hybrid",
  "bailing_moe_v3",
  "deepseek_v3",
  "deepseek_v32",
  "glm4_moe_lite",
  "glm_moe_dsa",
  "kimi_k25/text",
  "kimi_k3/text",
  "kimi_linear",
  "kimi_vl/text",
  "longcat_flash",
  "longcat_flash_ngram",
]);

/** The scores and their masked copy. */
const LATENT_COPIES = 2;

/**
 * The matrices of scores that the layers of a model need while a prompt is processed, for the module `key` of mlx-lm with
 * these settings and caches. Read in the modules' `__call__`, the copies measured with mlx-lm 0.32.2 on the CPU
 * (test/score-matrices.test.ts).
 */
export function scoreMatrices(
  { key, values }: { readonly key: string; readonly values: JsonObject },
  groups: readonly CacheGroup[],
  elementBytes: number,
): readonly ScoreMatrix[] {
  const heads = HEADS.map((name) => countField(values, name)).find((count) => count !== undefined);
  if (heads === undefined) return [];
  const found = new Map<string, ScoreMatrix>();
  for (const cache of groups.flatMap(({ caches }) => caches)) {
    const matrix = matrixOf(cache, { key, values, heads, elementBytes });
    if (matrix) found.set(JSON.stringify(matrix), matrix);
  }
  return [...found.values()];
}

interface Module {
  readonly key: string;
  readonly values: JsonObject;
  readonly heads: number;
  readonly elementBytes: number;
}

function matrixOf(cache: LayerCache, module: Module): ScoreMatrix | undefined {
  if (cache.kind !== "full" && cache.kind !== "window" && cache.kind !== "chunked")
    return undefined;
  const { key, values, heads, elementBytes } = module;
  const window =
    cache.kind === "full" ? null : cache.kind === "window" ? cache.window : cache.chunk;
  const plain: ScoreMatrix = {
    heads,
    queryDim: cache.keyDim,
    valueDim: cache.valueDim,
    window,
    by: "kernel",
    copies: 1,
    elementBytes,
    unpackedBytes: 0,
  };
  if (key === "gemma2") return { ...plain, by: "module" };
  // Queries and keys of phi are multiplied as float32.
  if (key === "phi") return { ...plain, elementBytes: 4 };
  // mistral4 unpacks keys and values from the latent rows and gives them to MLX's attention as any other module.
  const unpacks = key === "mistral4";
  if (!LATENT.has(key) && !unpacks) return plain;
  const nope = countField(values, "qk_nope_head_dim") ?? 0;
  const rope = countField(values, "qk_rope_head_dim") ?? 0;
  const valueDim = countField(values, "v_head_dim") ?? 0;
  // The latent row is cached as one head. An index key beside it builds no matrix that outlives its layer's.
  if (cache.keyDim !== countField(values, "kv_lora_rank")) return undefined;
  if (unpacks) {
    const queryDim = nope + rope;
    const unpackedBytes = heads * (2 * queryDim + valueDim) * elementBytes;
    return { ...plain, queryDim, valueDim, unpackedBytes };
  }
  return {
    ...plain,
    queryDim: nope,
    valueDim,
    by: "module",
    copies: LATENT_COPIES + indexCopies(values, heads),
    unpackedBytes: heads * (nope + valueDim) * elementBytes,
  };
}

/** An indexer multiplies queries and keys of its own: the scores, and half as much again while they are weighed. */
function indexCopies(values: JsonObject, heads: number): number {
  const indexHeads = countField(values, "index_n_heads");
  return indexHeads === undefined ? 0 : (1.5 * indexHeads) / heads;
}
