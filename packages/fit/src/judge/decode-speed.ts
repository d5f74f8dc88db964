import { activeParameters } from "./active-parameters.ts";
import { isEmbedder, isSpeech } from "./memory-need.ts";
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

// Share of the bandwidth that MLX's kernels reach, and the fixed time of every layer, in seconds. Drawn
// from 52 measured speeds of 6 chips, 35 of them an M5 Max (test/measurements/speeds.json).
const LOW = { efficiency: 0.66, layer: 120e-6, expertLayer: 200e-6 } as const;
const HIGH = { efficiency: 0.9, layer: 35e-6, expertLayer: 60e-6 } as const;
// Where the config does not say.
const USUAL_LAYERS = 40;
// The share of routers, attention and embeddings in a mixture of experts when no figure is known. They always work.
const SHARED_SHARE = 0.1;

/**
 * Tokens a second by `1 ÷ (bytes read a token ÷ (bandwidth × efficiency) + layers × time a layer)`, as a range: decoding
 * waits for memory, and each layer takes some microseconds besides. `kvBytes`
 * is the size of the caches at the context length in question. Null where bandwidth or weights are unknown, and for models
 * that write no tokens.
 */
export function decodeSpeed(
  description: ModelDescription,
  machine: Machine,
  options: { readonly kvBytes: number | null; readonly repoId?: string | undefined },
): DecodeSpeed | null {
  const { bandwidth } = machine;
  const { weightsBytes } = description;
  if (isEmbedder(description) || isSpeech(description)) return null;
  if (bandwidth === null || weightsBytes === null || weightsBytes <= 0) return null;
  const { share, why } = activeShare(description, options.repoId);
  const bytesPerToken = Math.ceil(weightsBytes * share + (options.kvBytes ?? 0));
  const gb = (bytes: number): string => (bytes / 1e9).toPrecision(3);
  const range =
    bandwidth.low === bandwidth.high
      ? gb(bandwidth.low)
      : `${gb(bandwidth.low)} to ${gb(bandwidth.high)}`;
  const layers = description.layers ?? USUAL_LAYERS;
  const speed = (bytesASecond: number, { efficiency, layer, expertLayer }: Limits): number =>
    rounded(
      1 /
        (bytesPerToken / (bytesASecond * efficiency) +
          layers * (description.experts === null ? layer : expertLayer)),
    );
  const micro = ({ layer, expertLayer }: Limits): number =>
    Math.round(1e6 * (description.experts === null ? layer : expertLayer));
  return {
    low: speed(bandwidth.low, LOW),
    high: speed(bandwidth.high, HIGH),
    bytesPerToken,
    formula: `${gb(bytesPerToken)} GB a token${why} at ${range} GB/s × ${LOW.efficiency} to ${HIGH.efficiency}, and ${layers} layers of ${micro(HIGH)} to ${micro(LOW)} µs`,
  };
}

interface Limits {
  readonly efficiency: number;
  readonly layer: number;
  readonly expertLayer: number;
}

/** The share of the weights that one token reads. */
function activeShare(
  description: ModelDescription,
  repoId: string | undefined,
): { readonly share: number; readonly why: string } {
  const { experts, parameters: all } = description;
  const working = activeParameters(description);
  if (experts === null) {
    if (working === null || all === null || working >= all) return { share: 1, why: "" };
    const looked = ((all - working) / 1e9).toPrecision(3);
    return { share: working / all, why: ` (${looked} B parameters are only looked up)` };
  }
  if (working !== null && all !== null) {
    return { share: working / all, why: ` (${experts.active} of ${experts.total} experts)` };
  }
  const name = parseModelName(repoId ?? "");
  const { parameters = 0, activeParameters: named = parameters } = name;
  if (parameters > 0 && named < parameters) {
    return { share: named / parameters, why: " (active share by its name)" };
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
