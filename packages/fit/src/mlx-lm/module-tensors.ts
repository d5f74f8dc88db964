/** The tensors that a module of mlx-lm loads, as `scripts/mlx-lm-table.ts` found them. Lists are words. */
export interface ModuleTensors {
  /** Those outside the layers, each with letters for its dimensions: `model.embed_tokens.weight:VH`, `HQ|HU` where layers differ. */
  readonly once: string;
  /** Where layers stand: `model.layers.#.`. Absent where they stand in several places. */
  readonly prefix?: string;
  /** Those of every layer. */
  readonly layer?: string;
  /** Those of some layers or configs, with letters too. */
  readonly some?: string;
  /**
   * Switches that alone decide about tensors: `attention_bias:q.bias,k.bias`. With `!` they come when it is off, with `=1`
   * it is on where the config does not say. A bias comes wherever its weight is, every other tensor in every layer.
   */
  readonly flags?: string;
  /** Tensors that a layer has all of or none, with commas. */
  readonly together?: string;
  /** The parts of which every layer has one set at least: `conv self_attn`, with `+` where it is several. */
  readonly kinds?: string;
  /** Beginnings of names that it takes beside its own: `bare` without `language_model.`, `inner` as `model.language_model.`, `outer` with `model.` before. */
  readonly roots?: string;
  /** It refuses a kind of rope scaling that it does not know. */
  readonly strictRope?: boolean;
  /** It wants `rope_theta`, or one in `rope_parameters`. */
  readonly needsTheta?: boolean;
  /** Settings that it does not take as null. */
  readonly notNull?: string;
  /** `num_key_value_heads: null` means as many as there are heads. */
  readonly nullHeads?: boolean;
  /** The setting that alone says how many layers there are. */
  readonly counted?: string;
  /** The output matrix, where tied embeddings do without it. */
  readonly head?: string;
  /** Embeddings are tied where the config does not say. */
  readonly tied?: boolean;
  /** The tensors that are dropped because the model does not have them. */
  readonly dropped?: string;
  /** The tensors that the model can do without. */
  readonly optional?: string;
  /** It takes weights that are named otherwise. */
  readonly renames?: boolean;
  /** Some layers lack tensors that others have. */
  readonly uneven?: boolean;
  /** It unpacks `fp8`, weights `packed` by compressed-tensors, or those of `modelopt`. */
  readonly unpacks?: string;
  /** The weights that it names itself load. */
  readonly kept?: boolean;
}
