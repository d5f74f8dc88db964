import {
  chooseVariant,
  estimateFit,
  estimateWeights,
  type Machine,
  parseModelName,
  type VariantCandidate,
  type VariantWish,
} from "@mlx-download/fit";
import type { ListedModel } from "../contract/listed-model.ts";

/**
 * The variants of one model, the likely best first, by names and counts alone: so few are read. Those whose size is not known
 * come behind.
 */
export function likelyVariants(
  variants: readonly ListedModel[],
  machine: Machine,
  wish: VariantWish,
): readonly ListedModel[] {
  const byId = new Map(variants.map((model) => [model.repoId, model]));
  const guessed = variants.flatMap((model) => guessVariant(model, machine) ?? []);
  const ranked = chooseVariant(guessed, wish).ranked.map(({ candidate }) => candidate.repoId);
  const rest = variants.map(({ repoId }) => repoId).filter((repoId) => !ranked.includes(repoId));
  return [...ranked, ...rest].flatMap((repoId) => byId.get(repoId) ?? []);
}

/** A variant as its name and its counts let one expect. Undefined where they do not say its size. */
export function guessVariant(
  model: ListedModel,
  { wiredLimitBytes, bandwidth }: Machine,
): VariantCandidate | undefined {
  const estimate = estimateWeights(model);
  if (estimate === undefined) return undefined;
  const { quantization, parameters: named, activeParameters } = parseModelName(model.repoId);
  const share = named && activeParameters ? Math.min(1, activeParameters / named) : 1;
  const bits = quantization?.bits ?? 16;
  const speed = bandwidth && bandwidth.low / (estimate.bytes * share);
  return {
    repoId: model.repoId,
    description: {
      parameters: estimate.parameters,
      weightsBytes: estimate.bytes,
      quantization:
        bits >= 16
          ? null
          : {
              mode: quantization?.mode ?? "affine",
              bits: Math.round(bits),
              groupSize: null,
              bitsPerWeight: null,
              mixed: false,
            },
    },
    fit: {
      verdict: estimateFit(estimate, wiredLimitBytes),
      totalBytes: Math.round(estimate.bytes * 1.05 + 7e8),
      limitBytes: wiredLimitBytes,
      maxContextLength: null,
      contextLength: 8192,
    },
    loads: { verdict: "yes", reasons: [] },
    speed: speed ? { low: speed * 0.66, high: speed * 0.9 } : null,
    downloads: model.downloads,
  };
}
