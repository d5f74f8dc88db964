/**
 * The matrix of scores (queries × keys) that one kind of layer builds for a step of the prompt where no fused kernel
 * computes attention without it. Layers run one after another, so only the largest one counts.
 */
export interface ScoreMatrix {
  /** Query heads. */
  readonly heads: number;
  readonly queryDim: number;
  readonly valueDim: number;
  /** Tokens that the layer keeps beside those of the step, or null for all. */
  readonly window: number | null;
  /** `kernel`: MLX's attention, fused for some widths. `module`: the module of mlx-lm multiplies queries and keys itself. */
  readonly by: "kernel" | "module";
  /** How many matrices are alive at once. */
  readonly copies: number;
  /** Bytes of one score. */
  readonly elementBytes: number;
  /** Bytes a token of the keys and values that a step unpacks from the cache. */
  readonly unpackedBytes: number;
  /** Bytes a row and key of masks that the module makes for the attention, fused or not. */
  readonly maskBytes: number;
}
