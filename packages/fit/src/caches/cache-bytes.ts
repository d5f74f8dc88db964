import type {
  AttentionCache,
  AttentionShape,
  CacheGroup,
  CacheLayout,
  LayerCache,
} from "../model/cache-layout.ts";
import {
  chunkedSlots,
  fullSlots,
  type Prompt,
  promptSteps,
  type SlotCounter,
  windowSlots,
} from "./cache-slots.ts";

/** How keys and values are packed once a cache holds `start` tokens (`--kv-bits`, `--kv-group-size`, `--quantized-kv-start`). */
export interface KvQuantization {
  readonly bits: number;
  readonly groupSize: number;
  readonly start: number;
}

/** Bytes that all caches of a model hold together, for one sequence. */
export interface CacheBytes {
  /** After the prompt. */
  readonly after: number;
  /** At most, after any step of the prompt. */
  readonly peak: number;
}

/**
 * Bytes of mlx-lm's caches for one prompt, slot for slot as its classes allocate them. With `quantization`, the `full`
 * caches that mlx-lm can quantize are packed after the step that reaches its start. The others stay as they are.
 */
export function cacheBytes(
  layout: CacheLayout,
  prompt: Prompt,
  quantization?: KvQuantization,
): CacheBytes {
  const counters = layout.groups.flatMap((group) =>
    group.caches.map((cache) => byteCounter(cache, { group, layout, quantization })),
  );
  const { whole, skipped, last } = promptSteps(prompt, settledAfter(layout, quantization));
  let after = 0;
  let peak = 0;
  const add = (tokens: number): void => {
    let held = 0;
    after = 0;
    for (const counter of counters) {
      const bytes = counter.add(tokens);
      held += bytes.held;
      after += bytes.kept;
    }
    peak = Math.max(peak, held);
  };
  for (let step = 0; step < whole; step += 1) add(prompt.prefillStepSize);
  if (skipped > 0) for (const counter of counters) counter.skip(skipped * prompt.prefillStepSize);
  for (const tokens of last) add(tokens);
  return { after, peak };
}

/** Tokens after which no window fills any more and nothing begins to be packed. */
function settledAfter(layout: CacheLayout, quantization: KvQuantization | undefined): number {
  const lengths = layout.groups.flatMap(({ caches }) =>
    caches.map((cache) => {
      if (cache.kind === "window" || cache.kind === "recent") return cache.window;
      return cache.kind === "chunked" ? cache.chunk : 0;
    }),
  );
  return Math.max(quantization?.start ?? 0, ...lengths.slice(0, 1000));
}

interface GroupContext {
  readonly group: CacheGroup;
  readonly layout: CacheLayout;
  readonly quantization: KvQuantization | undefined;
}

interface ByteCounter {
  /** Bytes after a call of the model (`held`), and after mlx-lm's packing that follows it (`kept`). */
  add(tokens: number): { readonly held: number; readonly kept: number };
  skip(tokens: number): void;
}

function byteCounter(cache: LayerCache, context: GroupContext): ByteCounter {
  const { group, layout } = context;
  if (cache.kind === "state" || cache.kind === "recent" || cache.kind === "compressed") {
    const bytes = unslottedBytes(cache, layout.elementBytes);
    let seen = 0;
    return {
      add(tokens) {
        seen += tokens;
        const held = group.count * bytes(seen);
        return { held, kept: held };
      },
      skip(tokens) {
        seen += tokens;
      },
    };
  }
  const slots = slotCounter(cache);
  const plain = group.count * plainRowBytes(cache, layout.elementBytes);
  const quantization = cache.kind === "full" && !group.list ? context.quantization : undefined;
  const packed = quantization
    ? group.count * packedRowBytes(cache, layout.elementBytes, quantization)
    : plain;
  const start = quantization?.start ?? Infinity;
  let offset = 0;
  let row = plain;
  return {
    add(tokens) {
      const count = slots.add(tokens);
      offset += tokens;
      const held = count * row;
      if (offset >= start) row = packed;
      return { held, kept: count * row };
    },
    skip(tokens) {
      offset += tokens;
      slots.skip(tokens);
    },
  };
}

/** Bytes after so many tokens, of a cache that allocates nothing ahead. */
function unslottedBytes(
  cache: Exclude<LayerCache, AttentionCache>,
  elementBytes: number,
): (tokens: number) => number {
  if (cache.kind === "compressed") {
    const { ratio, elements, pendingFloat32Elements } = cache;
    return (tokens) =>
      Math.floor(tokens / ratio) * elements * elementBytes +
      (tokens % ratio) * pendingFloat32Elements * 4;
  }
  const bytes = cache.elements * elementBytes + cache.float32Elements * 4;
  return (tokens) => (cache.kind === "state" ? bytes : Math.min(tokens, cache.window) * bytes);
}

function slotCounter(cache: AttentionCache): SlotCounter {
  if (cache.kind === "window") return windowSlots(cache.window);
  return cache.kind === "chunked" ? chunkedSlots(cache.chunk) : fullSlots();
}

function plainRowBytes({ heads, keyDim, valueDim }: AttentionShape, elementBytes: number): number {
  return heads * (keyDim + valueDim) * elementBytes;
}

/** Packed numbers, and a scale and a bias a group (MLX's affine mode). */
function packedRowBytes(
  { heads, keyDim, valueDim }: AttentionShape,
  elementBytes: number,
  { bits, groupSize }: KvQuantization,
): number {
  const packed = (dim: number): number =>
    Math.floor((dim * bits) / 32) * 4 + 2 * Math.floor(dim / groupSize) * elementBytes;
  return heads * (packed(keyDim) + packed(valueDim));
}
