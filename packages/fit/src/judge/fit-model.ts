import { FitError } from "../model/errors.ts";
import { kvBitsVerdict } from "../caches/kv-bits.ts";
import {
  DEFAULT_QUANTIZED_KV_START,
  MAX_CONTEXT_LENGTH,
  memoryNeed,
  type MemoryNeed,
  type MemoryOptions,
} from "./memory-need.ts";
import type { ModelDescription } from "../model/model-description.ts";

/** `yes`: with room to spare. `tight`: in the last tenth, or the limit lies within the range. `no`: over the limit. */
export type FitVerdict = "yes" | "tight" | "no" | "unknown";

/** A model's memory need held against a limit. */
export interface Fit extends MemoryNeed {
  readonly limitBytes: number;
  readonly verdict: FitVerdict;
  /**
   * The longest context that is `yes`, at most the length the model was made for. 0 when none is, null when unknown. Every
   * shorter one is too.
   */
  readonly maxContextLength: number | null;
}

// mlx-lm warns when the weights alone pass this share of the limit.
const COMFORTABLE_SHARE = 0.9;

// Where a model does not state its length: above any that is published.
const LONGEST = 2 ** 24;

/**
 * Whether a model fits into `limitBytes`, at the context length of `options`, and the longest one that does. Throws as
 * `memoryNeed` does.
 */
export function fitModel(
  description: ModelDescription,
  limitBytes: number,
  options: MemoryOptions,
): Fit {
  if (!Number.isFinite(limitBytes) || limitBytes < 0) {
    throw new FitError(`limitBytes is ${limitBytes}`, "fit/invalid-option", {
      hint: "Give limitBytes as a number of bytes.",
      data: { name: "limitBytes" },
    });
  }
  const need = memoryNeed(description, options);
  const comfortable = Math.floor(limitBytes * COMFORTABLE_SHARE);
  const fits = (contextLength: number): boolean => {
    const { totalBytes } = memoryNeed(description, { ...options, contextLength });
    return totalBytes !== null && totalBytes <= comfortable;
  };
  return {
    ...need,
    limitBytes,
    verdict: verdictOf(need, limitBytes, comfortable),
    maxContextLength:
      need.totalBytes === null ? null : longest(fits, longestToTry(description, options)),
  };
}

/** Where the need is a range, `no` only when even the least of it is too much. */
function verdictOf(
  { totalBytes, lowTotalBytes }: MemoryNeed,
  limit: number,
  comfortable: number,
): FitVerdict {
  if (totalBytes === null || lowTotalBytes === null) return "unknown";
  if (totalBytes <= comfortable) return "yes";
  return lowTotalBytes <= limit ? "tight" : "no";
}

/** The length the model was made for, or less where mlx-lm would fail with quantized keys and values. */
function longestToTry(description: ModelDescription, options: MemoryOptions): number {
  const made = Math.min(description.contextLength ?? LONGEST, MAX_CONTEXT_LENGTH);
  const { kvBits, kvGroupSize, quantizedKvStart = DEFAULT_QUANTIZED_KV_START } = options;
  if (kvBits === undefined) return made;
  const { verdict } = kvBitsVerdict(description.cache, { groupSize: kvGroupSize });
  return verdict === "fails" ? Math.min(made, quantizedKvStart - 1) : made;
}

/** The largest length up to `cap` that fits, where every shorter one does too. */
function longest(fits: (length: number) => boolean, cap: number): number {
  if (cap < 1) return 0;
  if (fits(cap)) return cap;
  let good = 0;
  let bad = cap;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
