import type { AttentionCache, CacheGroup, LayerCache } from "../model/cache-layout.ts";
import { type JsonObject, objectField } from "../model/json-value.ts";
import { countField } from "../model/model-config.ts";
import type { ScoreMatrix } from "../model/score-matrix.ts";
import { queryHeads } from "./query-heads.ts";

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

// Modules that give MLX's attention their queries as float32: it then copies keys and values to that, too.
const FLOAT32: ReadonlySet<string> = new Set(["phi", "phixtral", "stablelm"]);
const FLOAT32_BYTES = 4;

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
  const found = new Map<string, ScoreMatrix>();
  for (const { caches } of groups) {
    for (const matrix of matricesOf(caches, { key, values, elementBytes })) {
      found.set(JSON.stringify(matrix), matrix);
    }
  }
  return [...found.values()];
}

interface Module {
  readonly key: string;
  readonly values: JsonObject;
  readonly elementBytes: number;
}

function matricesOf(caches: readonly LayerCache[], module: Module): readonly ScoreMatrix[] {
  const kept = caches.filter(isAttention);
  const [own, index] = kept;
  // The second cache of a layer of MiniMax M3 is the index by which the layer picks blocks of the past.
  if (module.key === "minimax_m3_vl/text" && own !== undefined && index !== undefined) {
    return pickedMatrices(own, module);
  }
  return kept.map((cache) => matrixOf(cache, module)).filter((matrix) => matrix !== undefined);
}

const isAttention = (cache: LayerCache): cache is AttentionCache =>
  cache.kind === "full" || cache.kind === "window" || cache.kind === "chunked";

function plainMatrix(
  cache: AttentionCache,
  { key, values, elementBytes }: Module,
): ScoreMatrix | undefined {
  const heads = queryHeads(values, cache.kind === "window");
  if (heads === undefined) return undefined;
  const isFloat32 = FLOAT32.has(key);
  const copied = cache.heads * (cache.keyDim + cache.valueDim) * FLOAT32_BYTES;
  return {
    heads,
    queryDim: cache.keyDim,
    valueDim: cache.valueDim,
    window: cache.kind === "full" ? null : cache.kind === "window" ? cache.window : cache.chunk,
    by: key === "gemma2" ? "module" : "kernel",
    copies: 1,
    elementBytes: isFloat32 ? FLOAT32_BYTES : elementBytes,
    unpackedBytes: isFloat32 ? copied : 0,
    maskBytes: 0,
  };
}

function matrixOf(cache: AttentionCache, module: Module): ScoreMatrix | undefined {
  const { key, values, elementBytes } = module;
  const plain = plainMatrix(cache, module);
  // mistral4 unpacks keys and values from the latent rows and gives them to MLX's attention as any other module.
  const unpacks = key === "mistral4";
  if (plain === undefined || (!LATENT.has(key) && !unpacks)) return plain;
  const { heads } = plain;
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

/**
 * A layer of MiniMax M3 scores all keys with few heads in float32. Its choice is a mask of one byte a score for these
 * heads, and repeated for every query head, where the attention then runs.
 */
function pickedMatrices(cache: AttentionCache, module: Module): readonly ScoreMatrix[] {
  const plain = plainMatrix(cache, module);
  const { values } = module;
  const sparse = objectField(values, "sparse_attention_config");
  const indexHeads =
    countField(sparse, "sparse_num_index_heads") ?? countField(values, "index_n_heads");
  if (plain === undefined || indexHeads === undefined) return [];
  // A mask of one head, or of as many as there are, is repeated without a copy.
  const repeated = indexHeads === 1 || indexHeads === plain.heads ? 0 : plain.heads;
  const causal = 1;
  const index: ScoreMatrix = {
    ...plain,
    heads: indexHeads,
    by: "module",
    elementBytes: FLOAT32_BYTES,
    maskBytes: causal,
  };
  return [{ ...plain, maskBytes: repeated + indexHeads + causal }, index];
}
