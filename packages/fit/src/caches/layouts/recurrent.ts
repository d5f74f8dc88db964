import { full, layers, type Layout, one, same, state, windowed } from "./layers.ts";

/** Models without full attention: a constant state, at most a window beside it. */
export const recurrentLayouts: Readonly<Record<string, Layout>> = {
  mamba: (args) =>
    same(
      args.count("num_hidden_layers"),
      one(
        state(
          args.count("intermediate_size") *
            (args.count("conv_kernel") - 1 + args.count("state_size")),
        ),
      ),
    ),
  mamba2: (args) => {
    const width = args.count("num_heads") * args.count("head_dim");
    const states = args.optional("ssm_state_size") ?? args.count("state_size");
    const convolution = width + 2 * args.count("n_groups") * states;
    return same(
      args.count("num_hidden_layers"),
      one(state((args.count("conv_kernel") - 1) * convolution, width * states)),
    );
  },
  recurrent_gemma: (args) => {
    const types = args.list("block_types") ?? args.list("_block_types") ?? [];
    const width = args.count("hidden_size");
    const dim = Math.floor(width / args.count("num_attention_heads"));
    return layers(args.count("num_hidden_layers"), (index) =>
      types[index % types.length] === "recurrent"
        ? one(state((args.count("conv1d_width") - 1) * width + width))
        : one(windowed(args.count("attention_window_size"), full(1, dim))),
    );
  },
  // Two shifted tokens, and a matrix a head, all in the model's dtype.
  rwkv7: (args) => {
    const hidden = args.count("hidden_size");
    const dim = args.count("head_dim");
    return same(
      args.count("num_hidden_layers"),
      one(state(2 * hidden + Math.floor(hidden / dim) * dim * dim)),
    );
  },
};
