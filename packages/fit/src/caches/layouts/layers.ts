import type { CacheGroup, LayerCache } from "../../model/cache-layout.ts";
import { MAX_LAYERS, MissingSetting, type ModelArguments } from "../../mlx-lm/model-arguments.ts";

/** The caches of one layer. Undefined: none. */
export type Layer = Pick<CacheGroup, "caches" | "list"> | undefined;

/** The groups of one module's models, from its settings. */
export type Layout = (args: ModelArguments) => readonly CacheGroup[];

/** A layer with one cache. */
export const one = (cache: LayerCache): Layer => ({ caches: [cache], list: false });

/** A layer whose caches mlx-lm keeps in a `CacheList`. */
export const several = (...caches: readonly LayerCache[]): Layer => ({ caches, list: true });

/** `KVCache`. */
export const full = (heads: number, keyDim: number, valueDim: number = keyDim): LayerCache => ({
  kind: "full",
  heads,
  keyDim,
  valueDim,
});

/** `RotatingKVCache`. */
export const windowed = (window: number, cache: LayerCache): LayerCache =>
  cache.kind === "full" ? { ...cache, kind: "window", window } : cache;

/** `ArraysCache`: numbers in the model's dtype, and of four bytes. */
export const state = (elements: number, float32Elements = 0): LayerCache => ({
  kind: "state",
  elements,
  float32Elements,
});

/** `count` layers that keep the same. */
export function same(count: number, layer: Layer): readonly CacheGroup[] {
  return layer ? [{ count, ...layer }] : [];
}

/** The layers 0 to `count − 1`, those that keep the same put together. */
export function layers(count: number, layer: (index: number) => Layer): readonly CacheGroup[] {
  if (count > MAX_LAYERS) throw new MissingSetting("num_hidden_layers");
  const groups = new Map<string, CacheGroup>();
  for (let index = 0; index < count; index += 1) {
    const found = layer(index);
    if (!found) continue;
    const key = JSON.stringify(found);
    groups.set(key, { count: (groups.get(key)?.count ?? 0) + 1, ...found });
  }
  return [...groups.values()];
}

/** Width of a head: the setting, else the hidden size shared between the heads. */
export function headDim(args: ModelArguments): number {
  return (
    args.optional("head_dim") ??
    Math.floor(args.count("hidden_size") / args.count("num_attention_heads"))
  );
}

/** Heads that keys and values have. */
export function kvHeads(args: ModelArguments): number {
  return args.optional("num_key_value_heads") ?? args.count("num_attention_heads");
}

/** The usual attention of a model. */
export const attention = (args: ModelArguments): LayerCache => full(kvHeads(args), headDim(args));

/** The latent attention that mlx-lm keeps compressed: one row of `kv_lora_rank`, one of `qk_rope_head_dim`. */
export const latent = (args: ModelArguments): LayerCache =>
  full(1, args.count("kv_lora_rank"), args.size("qk_rope_head_dim"));

/** `layer_types`, else a pattern that mlx-lm's module falls back to. */
export function layerTypes(
  args: ModelArguments,
  fallback?: (index: number) => string,
): readonly unknown[] {
  const types = args.list("layer_types");
  if (types) return types;
  if (!fallback) throw new MissingSetting("layer_types");
  const count = args.count("num_hidden_layers");
  return Array.from({ length: Math.min(count, MAX_LAYERS) }, (_, index) => fallback(index));
}
