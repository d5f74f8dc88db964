import type { Machine } from "../machine/machine.ts";
import type { ModelDescription } from "../model/model-description.ts";
import { parseModelName } from "../name/model-name.ts";

/** How fast a model writes, estimated. */
export interface DecodeSpeed {
  /** Tokens a second, one sequence. */
  readonly low: number;
  readonly high: number;
  /** Bytes that every token reads: the weights that work on it, and the caches. */
  readonly bytesPerToken: number;
  /** How it was worked out, with the figures. */
  readonly formula: string;
}

// Share of the bandwidth that MLX's kernels reach; single figures that users report lie between these.
const LOW_EFFICIENCY = 0.45;
const HIGH_EFFICIENCY = 0.75;
// What routers, attention and embeddings hold of a mixture of experts when nothing says how much; they always work.
const SHARED_SHARE = 0.1;

/**
 * Tokens a second by `bandwidth × efficiency ÷ bytes read a token`, as a range: decoding waits for memory. `kvBytes`
 * is what the caches hold at the context length in question. Null where bandwidth or weights are unknown.
 */
export function decodeSpeed(
  description: ModelDescription,
  machine: Machine,
  options: { readonly kvBytes: number | null; readonly repoId?: string | undefined },
): DecodeSpeed | null {
  const { bandwidth } = machine;
  const { weightsBytes } = description;
  if (bandwidth === null || weightsBytes === null || weightsBytes <= 0) return null;
  const { share, why } = activeShare(description, options.repoId);
  const bytesPerToken = Math.ceil(weightsBytes * share + (options.kvBytes ?? 0));
  const gb = (bytes: number): string => (bytes / 1e9).toPrecision(3);
  const range =
    bandwidth.low === bandwidth.high
      ? gb(bandwidth.low)
      : `${gb(bandwidth.low)} to ${gb(bandwidth.high)}`;
  return {
    low: rounded((bandwidth.low * LOW_EFFICIENCY) / bytesPerToken),
    high: rounded((bandwidth.high * HIGH_EFFICIENCY) / bytesPerToken),
    bytesPerToken,
    formula: `${range} GB/s × ${LOW_EFFICIENCY} to ${HIGH_EFFICIENCY} ÷ ${gb(bytesPerToken)} GB a token${why}`,
  };
}

/** The share of the weights that one token reads. */
function activeShare(
  { experts }: ModelDescription,
  repoId: string | undefined,
): { readonly share: number; readonly why: string } {
  if (experts === null) return { share: 1, why: "" };
  const { parameters, activeParameters } = parseModelName(repoId ?? "");
  if (parameters !== undefined && activeParameters !== undefined && activeParameters < parameters) {
    return { share: activeParameters / parameters, why: " (active share by its name)" };
  }
  const { total, active } = experts;
  if (active === null || total <= 0) return { share: 1, why: " (all experts counted)" };
  const routed = Math.min(1, active / total);
  const why = ` (${active} of ${total} experts, a tenth of the weights taken as shared)`;
  return { share: SHARED_SHARE + (1 - SHARED_SHARE) * routed, why };
}

function rounded(value: number): number {
  return value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
}
