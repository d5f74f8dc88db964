/** Keys and values that one layer keeps: `heads` heads with `keyDim` and `valueDim` numbers each, for every token kept. */
export interface AttentionShape {
  readonly heads: number;
  readonly keyDim: number;
  readonly valueDim: number;
}

/**
 * One cache of a layer, named after its behaviour, with mlx-lm's class in brackets. `full` keeps every token (`KVCache`),
 * `window` the last `window` (`RotatingKVCache`), `chunked` those of the current chunk (`ChunkedKVCache`), `state` a
 * constant (`ArraysCache`): `elements` in the model's dtype and `float32Elements` of four bytes. `recent` keeps the last
 * `window` rows without allocating ahead. `compressed` keeps one row for every `ratio` tokens, and of those that make no whole
 * group yet `pendingFloat32Elements` each (both DeepSeek V4.1's `LayerCache`).
 */
export type LayerCache =
  | ({ readonly kind: "full" } & AttentionShape)
  | ({ readonly kind: "window"; readonly window: number } & AttentionShape)
  | ({ readonly kind: "chunked"; readonly chunk: number } & AttentionShape)
  | { readonly kind: "state"; readonly elements: number; readonly float32Elements: number }
  | {
      readonly kind: "recent";
      readonly window: number;
      readonly elements: number;
      readonly float32Elements: number;
    }
  | {
      readonly kind: "compressed";
      readonly ratio: number;
      readonly elements: number;
      readonly pendingFloat32Elements: number;
    };

/** A cache that keeps keys and values of whole tokens. */
export type AttentionCache = Extract<LayerCache, { readonly kind: "full" | "window" | "chunked" }>;

/** `count` layers that keep the same. */
export interface CacheGroup {
  readonly count: number;
  /** The layer's caches. More than one is mlx-lm's `CacheList`. */
  readonly caches: readonly LayerCache[];
  /** Whether mlx-lm wraps them in a `CacheList`, which cannot be quantized. */
  readonly list: boolean;
}

/** The state that a model keeps of the past while it runs, by mlx-lm's cache classes. */
export interface CacheLayout {
  /** Bytes of one number in the model's dtype. */
  readonly elementBytes: number;
  readonly groups: readonly CacheGroup[];
  /** Why mlx-lm ends with an error when keys and values are quantized (`--kv-bits`). Null where it does not. */
  readonly kvBitsFailure: string | null;
}
