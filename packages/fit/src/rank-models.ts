import {
  estimateWeights,
  type ListedVariant,
  namedParameters,
  type WeightEstimate,
} from "./estimate-weights.ts";
import { parseModelName } from "./model-name.ts";

/** Variants of one model in a listing. */
export interface VariantGroup<V extends ListedVariant = ListedVariant> {
  /** What the variants share: the base model by their tags, else the stem of their names. */
  readonly base: string;
  /** Those that may fit, the likely best first. */
  readonly variants: readonly V[];
  /** By parameters in use and age; higher is better. Comparable within one listing. */
  readonly score: number;
  /** In words. */
  readonly why: string;
}

/** What may be held. */
export interface Budget {
  readonly limitBytes: number;
  /** ms since 1970, for the age of models. */
  readonly now: number;
}

// Weights are not all: caches, activations and the runtime want their part.
const WEIGHTS_SHARE = 0.8;
const RUNTIME_BYTES = 500_000_000;
// A year younger counts as twice as large: what users of such listings saw since 2023. A rule of thumb, not a measurement.
const DOUBLINGS_A_YEAR = 1;
const YEAR_MS = 365.25 * 24 * 3600 * 1000;

/**
 * Groups listed models by what they are variants of, leaves out what cannot fit by its estimated weights, and orders the
 * groups: larger and newer first, of mixtures of experts the geometric mean of all and active parameters. Only groups
 * whose size is known are ranked. Downloads break ties.
 */
export function rankModels<V extends ListedVariant>(
  models: readonly V[],
  budget: Budget,
): readonly VariantGroup<V>[] {
  const groups = new Map<string, { model: V; estimate: WeightEstimate }[]>();
  for (const model of models) {
    const estimate = estimateWeights(model);
    const room = budget.limitBytes * WEIGHTS_SHARE - RUNTIME_BYTES;
    if (estimate === undefined || estimate.bytes > room) continue;
    const key = variantKey(model);
    groups.set(key, [...(groups.get(key) ?? []), { model, estimate }]);
  }
  return [...groups.values()]
    .flatMap((entries) => rankGroup(entries, budget) ?? [])
    .toSorted((a, b) => b.score - a.score || popularity(b) - popularity(a));
}

/**
 * What variants of one model share: the stem of the model that they were quantized from, by tag, else of their own name.
 */
export function variantKey({ repoId, tags = [] }: Pick<ListedVariant, "repoId" | "tags">): string {
  const quantized = "base_model:quantized:";
  const base = tags.find((tag) => tag.startsWith(quantized))?.slice(quantized.length);
  return parseModelName(base ?? repoId).stem;
}

function rankGroup<V extends ListedVariant>(
  entries: readonly { readonly model: V; readonly estimate: WeightEstimate }[],
  budget: Budget,
): VariantGroup<V> | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  const name = parseModelName(first.model.repoId);
  const parameters = namedParameters(name);
  if (parameters === null || parameters <= 0) return undefined;
  const used =
    name.activeParameters === undefined
      ? parameters
      : Math.sqrt(parameters * name.activeParameters);
  const dates = entries
    .map(({ model }) => Date.parse(model.createdAt ?? ""))
    .filter((date) => Number.isFinite(date));
  // Variants are made for years; the model is as old as the first of them.
  const born = dates.length > 0 ? Math.min(...dates) : undefined;
  const years = born === undefined ? 2 : Math.max(0, (budget.now - born) / YEAR_MS);
  const score = Math.log2(used / 1e9) - years * DOUBLINGS_A_YEAR;
  const age =
    born === undefined ? "of unknown age" : `from ${new Date(born).toISOString().slice(0, 7)}`;
  const active =
    name.activeParameters === undefined
      ? ""
      : `, ${billions(name.activeParameters)} of them at work`;
  return {
    base: baseOf(first.model) ?? name.stem,
    variants: oneOfEach(entries),
    score,
    why: `${billions(parameters)} parameters${active}, ${age}`,
  };
}

/**
 * One variant of each quantization, the most downloaded, the largest first: what fits and is largest is the likely best;
 * how good it really is, its own files tell.
 */
function oneOfEach<V extends ListedVariant>(
  entries: readonly { readonly model: V; readonly estimate: WeightEstimate }[],
): readonly V[] {
  const seen = new Set<string>();
  return entries
    .toSorted((a, b) => (b.model.downloads ?? 0) - (a.model.downloads ?? 0))
    .filter(({ model }) => {
      const label = parseModelName(model.repoId).quantization?.label ?? "";
      if (seen.has(label)) return false;
      seen.add(label);
      return true;
    })
    .toSorted((a, b) => b.estimate.bytes - a.estimate.bytes)
    .map(({ model }) => model);
}

function baseOf({ tags = [] }: ListedVariant): string | undefined {
  const tag = tags.find((text) => text.startsWith("base_model:"));
  return tag?.replace(/^base_model:(?:(?:quantized|finetune|adapter|merge):)?/, "");
}

const billions = (count: number): string => `${Number((count / 1e9).toPrecision(3))} B`;

function popularity({ variants }: VariantGroup): number {
  return Math.max(0, ...variants.map(({ downloads = 0 }) => downloads));
}
