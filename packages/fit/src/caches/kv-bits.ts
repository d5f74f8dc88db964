import type { CacheGroup, CacheLayout } from "../model/cache-layout.ts";
import { latentLayouts } from "./layouts/latent.ts";

/** The effect of `--kv-bits` on a model in mlx-lm. */
export interface KvBitsVerdict {
  /** `works` on all that grows with the context, `partly` on some of it, `ignored` on nothing. `fails` with an error. */
  readonly verdict: "works" | "partly" | "ignored" | "fails" | "unknown";
  readonly reason: string;
}

/**
 * How mlx-lm treats quantized keys and values of this model: only `KVCache` is quantized, `RotatingKVCache` refuses,
 * some modules expect plain arrays and compute with them, and every other cache stays as it is without a word.
 */
export function kvBitsVerdict(
  cache: CacheLayout | null,
  options: { readonly groupSize?: number | undefined } = {},
): KvBitsVerdict {
  const { groupSize = 64 } = options;
  if (cache === null) return { verdict: "unknown", reason: "its caches are not known" };
  if (cache.kvBitsFailure !== null) return { verdict: "fails", reason: cache.kvBitsFailure };
  const plain = quantized(cache.groups);
  if (plain.length === 0) {
    return {
      verdict: "ignored",
      reason: "mlx-lm quantizes none of its caches and does not say so",
    };
  }
  const odd = plain
    .flatMap((group) => group.caches)
    .find((part) => {
      if (part.kind !== "full") return false;
      return part.keyDim % groupSize !== 0 || part.valueDim % groupSize !== 0;
    });
  if (odd?.kind === "full") {
    return {
      verdict: "fails",
      reason: `heads of ${odd.keyDim} cannot be cut into groups of ${groupSize}`,
    };
  }
  const grows = cache.groups.filter(({ caches }) => caches.some(({ kind }) => kind !== "state"));
  return grows.length === plain.length
    ? { verdict: "works", reason: "mlx-lm quantizes keys and values of every layer that has them" }
    : { verdict: "partly", reason: "mlx-lm quantizes only some of its caches" };
}

/** The groups that mlx-lm quantizes. */
function quantized(groups: readonly CacheGroup[]): readonly CacheGroup[] {
  return groups.filter(({ caches, list }) => !list && caches.some(({ kind }) => kind === "full"));
}

// Modules that read keys or values themselves, and fail on quantized ones (tried with mlx-lm 0.32.2).
const READ_THEIR_KEYS: ReadonlySet<string> = new Set([
  "afm7",
  "bailing_hybrid",
  "bailing_moe_v3",
  "gemma2",
  "kimi_k3/text",
  "kimi_linear",
  "phi",
  "phixtral",
  "plamo",
  "plamo2",
  "stablelm",
]);

// Latent attention that keeps whole keys and values for every head, as others do.
const EXPANDED: ReadonlySet<string> = new Set(["deepseek_v2", "minicpm3", "youtu_llm"]);

/** Why quantized keys and values end in an error, for the module `key` with these caches. Null where they do not. */
export function kvBitsFailure(key: string, groups: readonly CacheGroup[]): string | null {
  const windows = groups.some(
    ({ caches, list }) => !list && caches.some(({ kind }) => kind === "window"),
  );
  if (windows) return "mlx-lm cannot quantize the caches of its sliding layers";
  if (quantized(groups).length === 0) return null;
  const latent = Object.hasOwn(latentLayouts, key) && !EXPANDED.has(key);
  return latent || READ_THEIR_KEYS.has(key)
    ? "its module in mlx-lm computes with keys and values that are not quantized"
    : null;
}
