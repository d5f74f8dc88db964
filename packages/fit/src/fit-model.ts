import { memoryNeed, type MemoryNeed, type MemoryOptions } from "./memory-need.ts";
import type { ModelDescription } from "./model-description.ts";

/** `yes`: with room to spare; `tight`: the last tenth of the limit is used; `no`: more than the limit. */
export type FitVerdict = "yes" | "tight" | "no" | "unknown";

/** A model's memory need held against a limit. */
export interface Fit extends MemoryNeed {
  readonly limitBytes: number;
  readonly verdict: FitVerdict;
  /** The longest context that is `yes`, at most what the model was made for; 0 when none is, null when unknown. */
  readonly maxContextLength: number | null;
}

// mlx-lm warns when the weights alone pass this share of the limit.
const COMFORTABLE_SHARE = 0.9;

const LONGEST = 2 ** 27;

/** Whether a model fits into `limitBytes`, at the context length of `options`, and the longest one that does. */
export function fitModel(
  description: ModelDescription,
  limitBytes: number,
  options: MemoryOptions,
): Fit {
  const need = memoryNeed(description, options);
  const comfortable = Math.floor(limitBytes * COMFORTABLE_SHARE);
  const fits = (contextLength: number): boolean => {
    const { totalBytes } = memoryNeed(description, { ...options, contextLength });
    return totalBytes !== null && totalBytes <= comfortable;
  };
  return {
    ...need,
    limitBytes,
    verdict: verdictOf(need.totalBytes, limitBytes, comfortable),
    maxContextLength:
      need.totalBytes === null
        ? null
        : longest(fits, Math.min(description.contextLength ?? LONGEST, LONGEST)),
  };
}

function verdictOf(total: number | null, limit: number, comfortable: number): FitVerdict {
  if (total === null) return "unknown";
  if (total <= comfortable) return "yes";
  return total <= limit ? "tight" : "no";
}

/** The largest length up to `cap` that fits, where every shorter one does too. */
function longest(fits: (length: number) => boolean, cap: number): number {
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
