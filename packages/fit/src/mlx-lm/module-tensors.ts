/** The tensors that a module of mlx-lm loads, as `scripts/mlx-lm-table.ts` found them. Lists are words. */
export interface ModuleTensors {
  /** Those outside the layers, each with letters for its dimensions: `model.embed_tokens.weight:VH`. */
  readonly once: string;
  /** Where layers stand: `model.layers.#.`. Absent where they stand in several places. */
  readonly prefix?: string;
  /** Those of every layer. */
  readonly layer?: string;
  /** Those of some layers or configs, with letters too. */
  readonly some?: string;
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
