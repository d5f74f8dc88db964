import { objectField } from "../../model/json-value.ts";
import { countField } from "../../model/model-config.ts";
import { MissingSetting, type ModelArguments } from "../../mlx-lm/model-arguments.ts";
import { attention, full, kvHeads, layers, type Layout, one, same } from "./layers.ts";

/** Every layer keeps every token: the default of mlx-lm for modules without a cache of their own. */
export const dense: Layout = (args) => same(args.count("num_hidden_layers"), one(attention(args)));

const sharedHidden = (args: ModelArguments, hidden: string, heads: string): number =>
  Math.floor(args.count(hidden) / args.count(heads));

/** Modules whose settings have other names, or that ignore some. */
export const denseByOtherNames: Readonly<Record<string, Layout>> = {
  afm7: (args) =>
    same(
      args.count("num_layers") - args.size("num_kv_reuse_layers"),
      one(full(args.count("num_kv_heads"), sharedHidden(args, "hidden_dim", "num_heads"))),
    ),
  dbrx: (args) => {
    const heads = countField(args.object("attn_config"), "kv_n_heads");
    if (heads === undefined) throw new MissingSetting("attn_config.kv_n_heads");
    return same(args.count("n_layers"), one(full(heads, sharedHidden(args, "d_model", "n_heads"))));
  },
  exaone: (args) => same(args.count("num_layers"), one(attention(args))),
  gpt2: (args) =>
    same(
      args.count("n_layer"),
      one(full(args.count("n_head"), sharedHidden(args, "n_embd", "n_head"))),
    ),
  gpt_bigcode: (args) =>
    same(
      args.count("n_layer"),
      one(
        full(
          args.flag("multi_query") ? 1 : args.count("n_head"),
          sharedHidden(args, "n_embd", "n_head"),
        ),
      ),
    ),
  gpt_neox: (args) =>
    same(
      args.count("num_hidden_layers"),
      one(
        full(
          args.count("num_attention_heads"),
          sharedHidden(args, "hidden_size", "num_attention_heads"),
        ),
      ),
    ),
  gptj: (args) =>
    same(
      args.count("n_layer"),
      one(full(args.count("n_head"), sharedHidden(args, "n_embd", "n_head"))),
    ),
  helium: (args) =>
    same(
      args.count("num_hidden_layers"),
      one(full(kvHeads(args), sharedHidden(args, "hidden_size", "num_attention_heads"))),
    ),
  "lille-130m": (args) =>
    same(
      args.count("n_layer"),
      one(full(args.count("n_kv_heads"), sharedHidden(args, "n_embd", "n_head"))),
    ),
  nanbeige: (args) =>
    same(args.count("num_loops") * args.count("num_hidden_layers"), one(attention(args))),
  "nemotron-nas": (args) => {
    const blocks = args.list("block_configs") ?? [];
    const dim = sharedHidden(args, "hidden_size", "num_attention_heads");
    return layers(blocks.length, (index) => {
      const block = objectField(blocks[index], "attention");
      if (block?.["no_op"] === true || block?.["replace_with_linear"] === true) return undefined;
      const group = countField(block, "n_heads_in_group");
      if (group === undefined) throw new MissingSetting("block_configs.attention.n_heads_in_group");
      return one(full(Math.floor(args.count("num_attention_heads") / group), dim));
    });
  },
  openelm: (args) => {
    const heads = args.list("num_kv_heads") ?? [];
    return layers(args.count("num_transformer_layers"), (index) => {
      const own = heads[index];
      if (typeof own !== "number" || !Number.isSafeInteger(own) || own < 1) {
        throw new MissingSetting("num_kv_heads");
      }
      return one(full(own, args.count("head_dim")));
    });
  },
  phixtral: (args) =>
    same(
      args.count("num_layers"),
      one(full(args.count("num_heads"), sharedHidden(args, "model_dim", "num_heads"))),
    ),
  plamo: (args) =>
    same(
      args.count("num_hidden_layers"),
      one(
        full(
          Math.ceil(args.count("num_attention_heads") / args.count("n_shared_head")),
          sharedHidden(args, "hidden_size", "num_attention_heads"),
        ),
      ),
    ),
  qwen: (args) =>
    same(
      args.count("num_hidden_layers"),
      one(full(args.count("num_attention_heads"), args.count("kv_channels"))),
    ),
  talkie: (args) =>
    same(
      args.count("num_hidden_layers"),
      one(full(args.count("num_attention_heads"), args.count("head_dim"))),
    ),
};
