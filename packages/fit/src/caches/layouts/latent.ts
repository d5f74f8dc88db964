import type { LayerCache } from "../../model/cache-layout.ts";
import type { ModelArguments } from "../../mlx-lm/model-arguments.ts";
import { MAX_LAYERS, MissingSetting } from "../../mlx-lm/model-arguments.ts";
import { full, latent, layers, type Layout, one, same, several } from "./layers.ts";

const latentLayers: Layout = (args) => same(args.count("num_hidden_layers"), one(latent(args)));

/** Keys and values kept for every head, although they come from a latent row. */
const expanded =
  (valueDim: (args: ModelArguments) => number): Layout =>
  (args) =>
    same(
      args.count("num_hidden_layers"),
      one(
        full(
          args.count("num_attention_heads"),
          args.count("qk_nope_head_dim") + args.count("qk_rope_head_dim"),
          valueDim(args),
        ),
      ),
    );

const ownValueDim = (args: ModelArguments): number => args.count("v_head_dim");

/** The indexer keeps its key as key and as value. */
const indexed: Layout = (args) =>
  same(
    args.count("num_hidden_layers"),
    several(latent(args), full(1, args.count("index_head_dim"))),
  );

const twoLatents: Layout = (args) =>
  same(args.count("num_layers"), several(latent(args), latent(args)));

const ngram = (args: ModelArguments): number => {
  const tokens = args.count("emb_neighbor_num");
  if (tokens > MAX_LAYERS) throw new MissingSetting("emb_neighbor_num");
  return tokens;
};

/** Models with multi-head latent attention. */
export const latentLayouts: Readonly<Record<string, Layout>> = {
  deepseek_v2: expanded(ownValueDim),
  deepseek_v3: latentLayers,
  deepseek_v32: indexed,
  // A window of latent rows. Layers that others share from keep one compressed row a group besides, and an index key.
  deepseek_v41: (args) => {
    const ratios = args.list("compress_ratios") ?? [];
    const sources = new Set(args.list("kv_source_layer_ids"));
    const indexSources = new Set(args.list("index_source_layer_ids"));
    const dim = args.count("head_dim");
    return layers(args.count("num_hidden_layers"), (index) => {
      const recent: LayerCache = {
        kind: "recent",
        window: args.count("sliding_window"),
        elements: dim,
        float32Elements: 0,
      };
      const ratio = ratios[index] ?? 0;
      if (typeof ratio !== "number" || !Number.isSafeInteger(ratio) || ratio < 0) {
        throw new MissingSetting("compress_ratios");
      }
      if (ratio === 0 || !sources.has(index)) return one(recent);
      const indexDim = indexSources.has(index) ? args.count("index_head_dim") : 0;
      return several(recent, {
        kind: "compressed",
        ratio,
        elements: dim + indexDim,
        pendingFloat32Elements: ratio > 1 ? 2 * dim : 0,
      });
    });
  },
  glm4_moe_lite: latentLayers,
  glm_moe_dsa: indexed,
  "kimi_k25/text": latentLayers,
  "kimi_vl/text": latentLayers,
  longcat_flash: twoLatents,
  // The tokens that the next n-gram needs, as 8-byte ids.
  longcat_flash_ngram: (args) => [
    ...same(1, one({ kind: "recent", window: ngram(args) - 1, elements: 0, float32Elements: 2 })),
    ...twoLatents(args),
  ],
  minicpm3: expanded((args) =>
    Math.floor(args.count("hidden_size") / args.count("num_attention_heads")),
  ),
  mistral4: latentLayers,
  youtu_llm: expanded(ownValueDim),
};
