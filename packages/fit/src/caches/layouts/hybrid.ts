import { countField } from "../../model/model-config.ts";
import { MissingSetting, type ModelArguments } from "../../mlx-lm/model-arguments.ts";
import type { LayerCache } from "../../model/cache-layout.ts";
import {
  attention,
  full,
  headDim,
  kvHeads,
  latent,
  type Layer,
  layers,
  layerTypes,
  type Layout,
  one,
  several,
  state,
  windowed,
} from "./layers.ts";

/** Gated delta net: the last rows of its convolution, and a float32 matrix a value head. */
function gatedDelta(args: ModelArguments): LayerCache {
  const keyDim = args.count("linear_key_head_dim");
  const values = args.count("linear_num_value_heads") * args.count("linear_value_head_dim");
  const convolution = 2 * args.count("linear_num_key_heads") * keyDim + values;
  return state((args.count("linear_conv_kernel_dim") - 1) * convolution, values * keyDim);
}

/** Kimi delta attention: three convolutions, and a float32 matrix a head. */
function kimiDelta(heads: number, dim: number, kernel: number): LayerCache {
  return state((kernel - 1) * 3 * heads * dim, heads * dim * dim);
}

/** Mamba-2: the last rows of its convolution, and a float32 state. */
function mamba2(sizes: {
  readonly heads: number;
  readonly dim: number;
  readonly state: number;
  readonly groups: number;
  readonly kernel: number;
}): LayerCache {
  const width = sizes.heads * sizes.dim;
  return state((sizes.kernel - 1) * (width + 2 * sizes.groups * sizes.state), width * sizes.state);
}

const mambaOfGranite = (args: ModelArguments): LayerCache =>
  mamba2({
    heads: args.count("mamba_n_heads"),
    dim: args.count("mamba_d_head"),
    state: args.count("mamba_d_state"),
    groups: args.count("mamba_n_groups"),
    kernel: args.count("mamba_d_conv"),
  });

const mambaOfNemotron = (args: ModelArguments): LayerCache =>
  mamba2({
    heads: args.count("mamba_num_heads"),
    dim: args.count("mamba_head_dim"),
    state: args.count("ssm_state_size"),
    groups: args.count("n_groups"),
    kernel: args.count("conv_kernel"),
  });

/** Full attention every `full_attention_interval` layers, gated delta nets between. */
const deltaAndFull: Layout = (args) => {
  const interval = args.count("full_attention_interval");
  return layers(args.count("num_hidden_layers"), (index) =>
    (index + 1) % interval === 0 ? one(attention(args)) : one(gatedDelta(args)),
  );
};

/** The last layer of each group, and those of an unfinished one, look at everything. */
const byGroup =
  (global: (args: ModelArguments) => Layer, linear: (args: ModelArguments) => Layer): Layout =>
  (args) => {
    const count = args.count("num_hidden_layers");
    const size = args.count("layer_group_size");
    return layers(count, (index) =>
      (index + 1) % size === 0 || index >= Math.floor(count / size) * size
        ? global(args)
        : linear(args),
    );
  };

/** Lightning attention: a matrix a head. */
const matrices = (args: ModelArguments, dim: number): number =>
  args.count("num_attention_heads") * dim ** 2;

const sharedHidden = (args: ModelArguments): number =>
  Math.floor(args.count("hidden_size") / args.count("num_attention_heads"));

const kimiLayers: Layout = (args) => {
  const linear = args.object("linear_attn_config");
  const listed = linear?.["kda_layers"];
  const heads = countField(linear, "num_heads");
  const dim = countField(linear, "head_dim");
  if (!Array.isArray(listed) || heads === undefined || dim === undefined) {
    throw new MissingSetting("linear_attn_config");
  }
  const kernel = countField(linear, "short_conv_kernel_size") ?? 4;
  const delta = new Set<unknown>(listed);
  return layers(args.count("num_hidden_layers"), (index) =>
    delta.has(index + 1) ? one(kimiDelta(heads, dim, kernel)) : one(kimiLatent(args)),
  );
};

const kimiLatent = (args: ModelArguments): LayerCache =>
  full(1, args.count("kv_lora_rank"), args.optional("qk_rope_head_dim") ?? 0);

const convolutionOnly: Layout = (args) => {
  const types = args.list("layer_types") ?? [];
  const listed = args.list("full_attn_idxs");
  const isFull = (index: number): boolean =>
    listed ? listed.includes(index) : types[index] === "full_attention";
  return layers(args.count("num_hidden_layers"), (index) =>
    isFull(index)
      ? one(full(kvHeads(args), sharedHidden(args)))
      : one(state((args.count("conv_L_cache") - 1) * args.count("hidden_size"))),
  );
};

const NEMOTRON_LETTERS: Readonly<Record<string, string>> = {
  mamba: "M",
  attention: "*",
  full_attention: "*",
};

/** Models that mix attention with layers of constant state (`ArraysCache`). */
export const hybridLayouts: Readonly<Record<string, Layout>> = {
  baichuan_m1: (args) => {
    const sliding = new Set(args.list("sliding_window_layers"));
    return layers(args.count("num_hidden_layers"), (index) => {
      const own = sliding.has(index);
      const heads =
        (own ? args.optional("num_swa_key_value_heads") : undefined) ??
        args.count("num_key_value_heads");
      const dim = Math.floor(
        args.count("hidden_size") /
          ((own ? args.optional("num_swa_attention_heads") : undefined) ??
            args.count("num_attention_heads")),
      );
      const cache = full(heads, dim);
      return several(
        state(2 * heads * dim),
        own ? windowed(args.count("sliding_window"), cache) : cache,
      );
    });
  },
  bailing_hybrid: byGroup(
    (args) => one(latent(args)),
    (args) => one(state(0, matrices(args, headDim(args)))),
  ),
  bailing_moe_linear: byGroup(
    (args) => one(attention(args)),
    (args) => one(state(matrices(args, sharedHidden(args)))),
  ),
  bailing_moe_v3: byGroup(
    (args) => one(latent(args)),
    (args) =>
      one(
        kimiDelta(
          args.count("num_attention_heads"),
          args.count("head_dim"),
          args.count("short_conv_kernel_size"),
        ),
      ),
  ),
  falcon_h1: (args) =>
    layers(args.count("num_hidden_layers"), () => several(mambaOfGranite(args), attention(args))),
  gear: (args) => {
    const types = layerTypes(args, () => "full_attention");
    const width = kvHeads(args) * headDim(args);
    return layers(types.length, (index) => {
      if (types[index] === "full_attention") return one(attention(args));
      if (types[index] === "sliding_attention") {
        return one(windowed(args.count("sliding_window"), attention(args)));
      }
      return one(state(2 * (args.count("conv_L_cache") - 1) * width));
    });
  },
  granitemoehybrid: (args) => {
    const types = layerTypes(args);
    return layers(types.length, (index) => {
      if (types[index] === "mamba") return one(mambaOfGranite(args));
      return types[index] === "attention" ? one(attention(args)) : undefined;
    });
  },
  jamba: (args) => {
    const types = args.list("layers_block_type");
    const isAttention = (index: number): boolean =>
      types
        ? types[index] === "attention"
        : index % args.count("attn_layer_period") === args.size("attn_layer_offset");
    const width = args.count("mamba_expand") * args.count("hidden_size");
    return layers(types?.length ?? args.count("num_hidden_layers"), (index) =>
      isAttention(index)
        ? one(attention(args))
        : one(state(width * (args.count("mamba_d_conv") - 1 + args.count("mamba_d_state")))),
    );
  },
  "kimi_k3/text": kimiLayers,
  kimi_linear: kimiLayers,
  lfm2: convolutionOnly,
  lfm2_moe: convolutionOnly,
  nemotron_h: (args) => {
    const pattern =
      args.list("hybrid_override_pattern") ??
      (args.list("layers_block_type") ?? layerTypes(args)).map((type) =>
        typeof type === "string" ? NEMOTRON_LETTERS[type] : undefined,
      );
    return layers(pattern.length, (index) => {
      if (pattern[index] === "M") return one(mambaOfNemotron(args));
      return pattern[index] === "*" ? one(attention(args)) : undefined;
    });
  },
  olmo_hybrid: (args) => {
    const types = layerTypes(args, (index) =>
      index % 4 === 3 ? "full_attention" : "linear_attention",
    );
    return layers(types.length, (index) =>
      types[index] === "linear_attention" ? one(gatedDelta(args)) : one(attention(args)),
    );
  },
  plamo2: (args) => {
    const count = args.count("num_hidden_layers");
    const step = args.count("mamba_step");
    const half = Math.floor(step / 2);
    const isMamba = (index: number): boolean => {
      if (!args.flag("mamba_enabled")) return false;
      return count <= half ? index !== count - 1 : index % step !== half;
    };
    const dim = args.count("hidden_size_per_head");
    const width = args.count("mamba_num_heads") * dim;
    return layers(count, (index) =>
      isMamba(index)
        ? one(state((args.count("mamba_d_conv") - 1) * width, width * args.count("mamba_d_state")))
        : one(full(kvHeads(args), dim)),
    );
  },
  "qwen3_5/text": deltaAndFull,
  qwen3_next: deltaAndFull,
};
