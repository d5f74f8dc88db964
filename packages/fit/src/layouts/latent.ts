import type { ModelArguments } from "../model-arguments.ts";
import { full, latent, type Layout, one, same, several, state } from "./layers.ts";

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

/** Models with multi-head latent attention. */
export const latentLayouts: Readonly<Record<string, Layout>> = {
  deepseek_v2: expanded(ownValueDim),
  deepseek_v3: latentLayers,
  deepseek_v32: indexed,
  glm4_moe_lite: latentLayers,
  glm_moe_dsa: indexed,
  "kimi_k25/text": latentLayers,
  "kimi_vl/text": latentLayers,
  longcat_flash: twoLatents,
  // The tokens that the next n-gram needs, as 8-byte ids.
  longcat_flash_ngram: (args) => [
    ...same(1, one(state(0, 2 * (args.count("emb_neighbor_num") - 1)))),
    ...twoLatents(args),
  ],
  minicpm3: expanded((args) =>
    Math.floor(args.count("hidden_size") / args.count("num_attention_heads")),
  ),
  mistral4: latentLayers,
  youtu_llm: expanded(ownValueDim),
};
