import { type CacheBytes, cacheBytes, type KvQuantization } from "../caches/cache-bytes.ts";
import { FitError } from "../model/errors.ts";
import { kvBitsVerdict } from "../caches/kv-bits.ts";
import type { ModelDescription } from "../model/model-description.ts";

/** How a model is run. The names and defaults are mlx-lm's. */
export interface MemoryOptions {
  /** Tokens of the prompt, 1 to 2²⁷. */
  readonly contextLength: number;
  /** Sequences at once; default 1. */
  readonly batch?: number | undefined;
  /** Bits of quantized keys and values (`--kv-bits`); default: not quantized. */
  readonly kvBits?: number | undefined;
  /** Default 64. */
  readonly kvGroupSize?: number | undefined;
  /** Tokens from which keys and values are quantized; default 5000. */
  readonly quantizedKvStart?: number | undefined;
  /** Tokens a step of the prompt, at least 64; default 2048. */
  readonly prefillStepSize?: number | undefined;
}

/** Bytes that a model needs to run; null where the description does not say enough. */
export interface MemoryNeed {
  readonly contextLength: number;
  /** The weights in memory. */
  readonly weightsBytes: number | null;
  /** What mlx-lm's caches hold after the prompt. */
  readonly kvBytes: number | null;
  /** The most they hold while the prompt is processed. */
  readonly kvPeakBytes: number | null;
  /** Estimate: what a step of the prompt needs besides. */
  readonly activationBytes: number | null;
  /** Estimate: Python, MLX and its buffers. */
  readonly overheadBytes: number;
  /** Weights, peak of the caches, activations and overhead. */
  readonly totalBytes: number | null;
}

/** The longest context that figures are given for, in tokens. */
export const MAX_CONTEXT_LENGTH: number = 2 ** 27;

/** From how many tokens on mlx-lm quantizes keys and values, when it is not told. */
export const DEFAULT_QUANTIZED_KV_START = 5000;

const MIN_PREFILL_STEP = 64;

// Not measured on Macs: what users report lies between 0.3 and 0.5 GB.
const OVERHEAD_BYTES = 400_000_000;

// Rows of `hidden_size` alive at once in a step of the prompt: residual, normed input, queries, keys, values, output, and
// the halves of the feed-forward part. An estimate, as the overhead.
const LIVE_ROWS = 8;

/**
 * The bytes a model needs at a context length: stored weights, keys, values and states exactly as mlx-lm's cache
 * classes allocate them, and estimates of the rest. Throws `fit/invalid-option`, and `fit/kv-bits-unsupported` where
 * mlx-lm would fail with the `kvBits` asked for.
 */
export function memoryNeed(description: ModelDescription, options: MemoryOptions): MemoryNeed {
  const { contextLength, batch = 1, prefillStepSize = 2048 } = options;
  requireCount("contextLength", contextLength, { min: 1, max: MAX_CONTEXT_LENGTH });
  requireCount("batch", batch, { min: 1, max: 1_000_000 });
  requireCount("prefillStepSize", prefillStepSize, {
    min: MIN_PREFILL_STEP,
    max: MAX_CONTEXT_LENGTH,
  });
  const quantization = kvQuantization(options);
  refuseFailing(description, options, quantization);
  const { cache, hiddenSize, vocabularySize, residentBytes: weightsBytes } = description;
  const kv: CacheBytes | null = cache
    ? cacheBytes(cache, { tokens: contextLength, prefillStepSize }, quantization)
    : null;
  const rows = Math.min(prefillStepSize, Math.max(1, contextLength - 1));
  const activationBytes =
    cache === null || hiddenSize === null
      ? null
      : batch *
        (rows * hiddenSize * cache.elementBytes * LIVE_ROWS +
          (vocabularySize ?? 0) * cache.elementBytes);
  const kvPeakBytes = kv && batch * kv.peak;
  return {
    contextLength,
    weightsBytes,
    kvBytes: kv && batch * kv.after,
    kvPeakBytes,
    activationBytes,
    overheadBytes: OVERHEAD_BYTES,
    totalBytes:
      weightsBytes === null || kvPeakBytes === null || activationBytes === null
        ? null
        : weightsBytes + kvPeakBytes + activationBytes + OVERHEAD_BYTES,
  };
}

function kvQuantization(options: MemoryOptions): KvQuantization | undefined {
  const { kvBits, kvGroupSize = 64, quantizedKvStart = DEFAULT_QUANTIZED_KV_START } = options;
  if (kvBits === undefined) return undefined;
  if (![2, 3, 4, 5, 6, 8].includes(kvBits)) throw invalid("kvBits", kvBits, "2, 3, 4, 5, 6 or 8");
  if (![32, 64, 128].includes(kvGroupSize)) {
    throw invalid("kvGroupSize", kvGroupSize, "32, 64 or 128");
  }
  requireCount("quantizedKvStart", quantizedKvStart, { min: 0, max: MAX_CONTEXT_LENGTH });
  return { bits: kvBits, groupSize: kvGroupSize, start: quantizedKvStart };
}

function refuseFailing(
  { cache }: ModelDescription,
  { contextLength }: MemoryOptions,
  quantization: KvQuantization | undefined,
): void {
  if (quantization === undefined || contextLength < quantization.start) return;
  const { verdict, reason } = kvBitsVerdict(cache, { groupSize: quantization.groupSize });
  if (verdict !== "fails") return;
  throw new FitError(`mlx-lm fails with kvBits: ${reason}`, "fit/kv-bits-unsupported", {
    hint: "Leave the keys and values of this model as they are.",
    data: { reason },
  });
}

function requireCount(
  name: string,
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(name, value, `a whole number from ${min} to ${max}`);
  }
}

function invalid(name: string, value: unknown, wanted: string): FitError {
  return new FitError(`${name} is ${String(value)}`, "fit/invalid-option", {
    hint: `Give ${name} as ${wanted}.`,
    data: { name },
  });
}
