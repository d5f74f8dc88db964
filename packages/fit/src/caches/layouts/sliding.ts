import { countField } from "../../model/model-config.ts";
import { MissingSetting, type ModelArguments } from "../../mlx-lm/model-arguments.ts";
import {
  attention,
  full,
  headDim,
  layers,
  layerTypes,
  type Layout,
  one,
  same,
  several,
  windowed,
} from "./layers.ts";

const sliding = (args: ModelArguments, name = "sliding_window") =>
  one(windowed(args.count(name), attention(args)));

/** `layer_types` say which layers keep a window. All others keep everything. */
const byTypes =
  (fallback?: (index: number) => string): Layout =>
  (args) => {
    const types = layerTypes(args, fallback);
    return layers(types.length, (index) =>
      types[index] === "sliding_attention" ? sliding(args) : one(attention(args)),
    );
  };

/** The same where every layer but the `full_attention` ones keeps a window. */
const byFullTypes =
  (fallback?: (index: number) => string): Layout =>
  (args) => {
    const types = layerTypes(args, fallback);
    return layers(types.length, (index) =>
      types[index] === "full_attention" ? one(attention(args)) : sliding(args),
    );
  };

const everyNth =
  (full_: (index: number) => boolean) =>
  (index: number): string =>
    full_(index) ? "full_attention" : "sliding_attention";

/** One full layer at the end of every `sliding_window_pattern`. */
const byPattern =
  (window: string): Layout =>
  (args) => {
    const pattern = args.count("sliding_window_pattern");
    return layers(args.count("num_hidden_layers"), (index) =>
      index % pattern === pattern - 1 ? one(attention(args)) : sliding(args, window),
    );
  };

const alwaysFull = (): string => "full_attention";

/** Models with layers that keep only the last tokens (`RotatingKVCache`, `ChunkedKVCache`). */
export const slidingLayouts: Readonly<Record<string, Layout>> = {
  afmoe: byTypes(),
  cohere2: byPattern("sliding_window"),
  exaone4: (args) => {
    const pattern = args.list("sliding_window_pattern") ?? [];
    return layers(args.count("num_hidden_layers"), (index) =>
      pattern[index % pattern.length] === "L" ? sliding(args) : one(attention(args)),
    );
  },
  exaone_moe: byTypes(),
  gemma3_text: byPattern("sliding_window"),
  // The last layers take their keys and values from earlier ones.
  "gemma3n/text": (args) => {
    const types = layerTypes(args);
    const own = args.count("num_hidden_layers") - args.size("num_kv_shared_layers");
    return layers(Math.max(0, Math.min(own, types.length)), (index) =>
      types[index] === "sliding_attention" ? sliding(args) : one(attention(args)),
    );
  },
  gemma4_text: (args) => {
    const pattern = args.optional("sliding_window_pattern") ?? 1;
    const types = layerTypes(
      args,
      everyNth((index) => index % pattern === pattern - 1),
    );
    const own = args.count("num_hidden_layers") - args.size("num_kv_shared_layers");
    return layers(Math.max(0, Math.min(own, types.length)), (index) => {
      const usual = args.count("num_key_value_heads");
      if (types[index] !== "full_attention") {
        return one(windowed(args.count("sliding_window"), full(usual, args.count("head_dim"))));
      }
      const heads = args.flag("attention_k_eq_v")
        ? (args.optional("num_global_key_value_heads") ?? usual)
        : usual;
      return one(full(heads, args.optional("global_head_dim") ?? args.count("head_dim")));
    });
  },
  gpt_oss: byFullTypes(everyNth((index) => index % 2 === 1)),
  iquestloopcoder: (args) => [
    ...same(args.count("num_hidden_layers"), one(attention(args))),
    ...same(args.count("num_hidden_layers"), sliding(args, "loop_window_size")),
  ],
  laguna: byTypes(alwaysFull),
  llama: byTypes(alwaysFull),
  "llama4/text": (args) =>
    layers(args.count("num_hidden_layers"), (index) => {
      const cache = attention(args);
      return (index + 1) % 4 === 0 || cache.kind !== "full"
        ? one(cache)
        : one({ ...cache, kind: "chunked", chunk: args.count("attention_chunk_size") });
    }),
  mellum: byFullTypes(),
  mimo_v2_flash: (args) => {
    const pattern = args.list("hybrid_layer_pattern") ?? [];
    return layers(args.count("num_hidden_layers"), (index) =>
      pattern[index] === 1
        ? one(
            windowed(
              args.count("sliding_window_size"),
              full(
                args.count("swa_num_key_value_heads"),
                args.count("swa_head_dim"),
                args.count("swa_v_head_dim"),
              ),
            ),
          )
        : one(
            full(
              args.count("num_key_value_heads"),
              args.count("head_dim"),
              args.count("v_head_dim"),
            ),
          ),
    );
  },
  // Sparse layers keep an index key a token besides. Its values have no width.
  "minimax_m3_vl/text": (args) => {
    const sparse = args.object("sparse_attention_config");
    const indexDim = countField(sparse, "sparse_index_dim") ?? args.optional("index_head_dim");
    const block = countField(sparse, "sparse_block_size") ?? args.optional("index_block_size");
    const types = args.list("layer_types");
    const freq = sparse?.["sparse_attention_freq"] ?? args.list("sparse_attention_freq");
    const isSparse = (index: number): boolean => {
      if (block === undefined) return false;
      if (types) return types[index] !== "full_attention";
      return Array.isArray(freq) ? Boolean(freq[index]) : true;
    };
    return layers(args.count("num_hidden_layers"), (index) => {
      if (!isSparse(index)) return several(attention(args));
      if (indexDim === undefined) throw new MissingSetting("index_head_dim");
      return several(attention(args), full(1, indexDim, 0));
    });
  },
  ministral3: byTypes(alwaysFull),
  muse_glimmer: byTypes(everyNth((index) => index % 4 === 3)),
  "muse_spark/text": byTypes(),
  olmo3: byFullTypes(everyNth((index) => index % 4 === 3)),
  plamo3: (args) => {
    const pattern = args.count("sliding_window_pattern");
    const window = args.optional("sliding_window") ?? args.count("window_size");
    return layers(args.count("num_hidden_layers"), (index) =>
      (index + 1) % pattern === 0 ? one(attention(args)) : one(windowed(window, attention(args))),
    );
  },
  spark2_5: byTypes(everyNth((index) => index % 4 === 3)),
  step3p5: (args) => {
    const types = args.list("layer_types");
    const other = args.object("attention_other_setting");
    return layers(args.count("num_hidden_layers"), (index) => {
      const isSliding = types?.length ? types[index] === "sliding_attention" : index % 2 === 0;
      const heads =
        (isSliding ? countField(other, "num_attention_groups") : undefined) ??
        args.count("num_attention_groups");
      const cache = full(heads, headDim(args));
      return isSliding ? one(windowed(args.count("sliding_window"), cache)) : one(cache);
    });
  },
};
