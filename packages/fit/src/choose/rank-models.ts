import { estimateWeights, type ListedVariant, type WeightEstimate } from "./estimate-weights.ts";
import type { FitVerdict } from "../judge/fit-model.ts";
import { generality, type ModelTask } from "./model-task.ts";
import { type ModelName, parseModelName } from "../name/model-name.ts";

/** Variants of one model in a listing. */
export interface VariantGroup<V extends ListedVariant = ListedVariant> {
  /** The key that the variants share: the base model by their tags, else the stem of their names. */
  readonly base: string;
  /** Those that may fit, one of each quantization, the likely best first. */
  readonly variants: readonly V[];
  /** By name or counts. Null when neither gives it. */
  readonly parameters: number | null;
  /** Those that work on one token, of a mixture of experts, by name. */
  readonly activeParameters: number | null;
  /** When the first variant was made, ms since 1970: variants are made for years, the model is as old as the first. */
  readonly born: number | null;
}

/** The memory that may be used. */
export interface Budget {
  readonly limitBytes: number;
  /** ms since 1970, for the age of models. */
  readonly now: number;
  /** The share of the limit that weights may take. Default: the rest beside caches and activations. */
  readonly share?: number | undefined;
  /** Bytes a second that the machine reads, for the speed of models. */
  readonly bandwidth?: number | null | undefined;
  readonly task?: ModelTask | undefined;
  /** Tokens a second that are wished for. */
  readonly tokensPerSecond?: number | null | undefined;
}

/** Where a model stands among others, and why. */
export interface ModelRank {
  /** Higher is better. Comparable at one `now`. */
  readonly score: number;
  readonly why: string;
}

// Weights are not all: caches and activations take a part. A tight fit is kept. Its own files decide later.
const WEIGHTS_SHARE = 0.92;
const RUNTIME_BYTES = 750_000_000;
// Half the wished speed costs more than half of the parameters.
const SLOWNESS = 2.5;
// Few bits cost as much as these halvings of the parameters would: a 2-bit model of 8 billion is not better than one of 3.
const FEW_BITS: ReadonlyMap<number, number> = new Map([
  [1, 2],
  [2, 1.5],
  [3, 0.7],
]);
// Whether an altered model is still as good is not known.
const ALTERED = 2;
const ALTERING =
  /abliterat|uncensor|heretic|obliterat|josiefied|unfiltered|(?:claude|opus|gpt-?[45]).*distill/i;
// A tight fit leaves no room for a longer text: it counts as half as large.
const TIGHTNESS = 1;
// Of a model that is not read yet: the share of the bandwidth that it reaches, its layers and the time of each.
const EFFICIENCY = 0.77;
const LAYERS_SECONDS = 40 * 65e-6;
// A year younger counts as twice as large, as users of such listings saw since 2023. A rule of thumb, not a measurement.
const DOUBLINGS_A_YEAR = 1;
const YEAR_MS = 365.25 * 24 * 3600 * 1000;
const UNKNOWN_AGE_YEARS = 2;

/**
 * Groups listed models by their base model, leaves out those whose estimated weights cannot fit, and orders the
 * groups by `rankOf`. Those of unknown size come last, the most downloaded first. Downloads break ties, too.
 */
export function rankModels<V extends ListedVariant>(
  models: readonly V[],
  budget: Budget,
): readonly VariantGroup<V>[] {
  const groups = new Map<string, Entry<V>[]>();
  const { limitBytes, share = 1 } = budget;
  // A small share is no machine's limit: caches have the rest.
  const room = share < 1 ? limitBytes * share : limitBytes * WEIGHTS_SHARE - RUNTIME_BYTES;
  for (const model of models) {
    const estimate = estimateWeights(model);
    if (estimate !== undefined && estimate.bytes > room) continue;
    const key = variantKey(model);
    groups.set(key, [...(groups.get(key) ?? []), { model, estimate }]);
  }
  return [...groups.entries()]
    .map(([key, entries]) => groupOf(key, entries))
    .map((group) => ({ group, score: listedScore(group, budget) }))
    .toSorted((a, b) => order(b.score, a.score) || popularity(b.group) - popularity(a.group))
    .map(({ group }) => group);
}

/** The score of a group that is not read yet, by the speed of its fastest variant. */
function listedScore<V extends ListedVariant>(group: VariantGroup<V>, budget: Budget): number {
  const ids = group.variants.map(({ repoId }) => repoId);
  const bits = Math.max(...ids.map((id) => parseModelName(id).quantization?.bits ?? 16));
  const score =
    rankOf(group, budget.now).score -
    Math.min(...ids.map(alteration)) -
    Math.min(...ids.map((id) => generality(id, budget.task ?? "chat"))) -
    roughness(Number.isFinite(bits) ? bits : null);
  const { bandwidth, tokensPerSecond } = budget;
  const bytes = Math.min(
    ...group.variants.map((model) => estimateWeights(model)?.bytes ?? Number.POSITIVE_INFINITY),
  );
  const { parameters, activeParameters } = group;
  if (bandwidth == null || !Number.isFinite(bytes) || parameters === null) return score;
  const share = Math.min(1, (activeParameters ?? parameters) / parameters);
  const speed = 1 / ((bytes * share) / (bandwidth * EFFICIENCY) + LAYERS_SECONDS);
  return score - slowness(speed, tokensPerSecond);
}

/** The loss of a score to a speed below the one that is wished for. */
export function slowness(
  speed: number | null | undefined,
  wish: number | null | undefined,
): number {
  if (speed == null || wish == null || speed <= 0 || speed >= wish) return 0;
  return SLOWNESS * Math.log2(wish / speed);
}

/** The loss of a score to weights of few bits. */
export const roughness = (bits: number | null | undefined): number =>
  FEW_BITS.get(Math.round(bits ?? 16)) ?? 0;

/** The loss of a score because the model is no longer its maker's: freed of refusals, or trained on another's answers. */
export const alteration = (repoId: string): number => (ALTERING.test(repoId) ? ALTERED : 0);

/** The loss of a score to a fit that is tight. */
export const tightness = (verdict: FitVerdict): number => (verdict === "tight" ? TIGHTNESS : 0);

/**
 * The rank of a model by parameters and age: twice the parameters count as much as a year. Of a mixture of experts the
 * geometric mean of all and active parameters counts. `-Infinity` where the size is unknown.
 */
export function rankOf(
  group: Pick<VariantGroup, "parameters" | "activeParameters" | "born">,
  now: number,
): ModelRank {
  const { parameters, activeParameters, born } = group;
  const age = born === null ? "of unknown age" : `from ${new Date(born).toISOString().slice(0, 7)}`;
  if (parameters === null || parameters <= 0) {
    return { score: Number.NEGATIVE_INFINITY, why: `of unknown size, ${age}` };
  }
  const active = activeParameters !== null && activeParameters > 0 ? activeParameters : parameters;
  // Also before the model was born: a clock that is wrong must not turn the order.
  const years = born === null ? UNKNOWN_AGE_YEARS : (now - born) / YEAR_MS;
  const used = Math.sqrt(parameters * Math.min(active, parameters));
  const atWork = active < parameters ? `, ${billions(active)} of them at work` : "";
  return {
    score: Math.log2(used / 1e9) - years * DOUBLINGS_A_YEAR,
    why: `${billions(parameters)} parameters${atWork}, ${age}`,
  };
}

/**
 * The key that variants of one model share: the stem of the model that they were quantized from, by tag, else of their own
 * name.
 */
export function variantKey({ repoId, tags = [] }: Pick<ListedVariant, "repoId" | "tags">): string {
  const quantized = "base_model:quantized:";
  const base = tags.find((tag) => tag.startsWith(quantized))?.slice(quantized.length);
  return parseModelName(base ?? repoId).stem;
}

interface Entry<V extends ListedVariant> {
  readonly model: V;
  readonly estimate: WeightEstimate | undefined;
}

function groupOf<V extends ListedVariant>(
  key: string,
  entries: readonly Entry<V>[],
): VariantGroup<V> {
  const dates = entries
    .map(({ model }) => Date.parse(model.createdAt ?? ""))
    .filter((date) => Number.isFinite(date));
  const names = entries.map(({ model }) => parseModelName(model.repoId));
  return {
    base: entries.map(({ model }) => baseOf(model)).find((base) => base !== undefined) ?? key,
    variants: oneOfEach(entries),
    parameters:
      entries.map(({ estimate }) => estimate?.parameters).find((count) => count != null) ?? null,
    activeParameters: names.map(activeByName).find((count) => count !== undefined) ?? null,
    born: dates.length > 0 ? Math.min(...dates) : null,
  };
}

/** Parameters at work by the name: `A3B` of a mixture, `E4B` of a model whose embeddings are most of it. */
export const activeByName = (name: ModelName): number | undefined =>
  name.activeParameters ?? (name.parametersKind === "effective" ? name.parameters : undefined);

/**
 * One variant of each quantization, the most downloaded, the largest first. The largest one that fits is probably the best.
 * Its own files tell how good it really is.
 */
function oneOfEach<V extends ListedVariant>(entries: readonly Entry<V>[]): readonly V[] {
  const seen = new Set<string>();
  return entries
    .toSorted((a, b) => (b.model.downloads ?? 0) - (a.model.downloads ?? 0))
    .filter(({ model }) => {
      const label = parseModelName(model.repoId).quantization?.label ?? "";
      if (seen.has(label)) return false;
      seen.add(label);
      return true;
    })
    .toSorted((a, b) => (b.estimate?.bytes ?? 0) - (a.estimate?.bytes ?? 0))
    .map(({ model }) => model);
}

function baseOf({ tags = [] }: ListedVariant): string | undefined {
  const quantized = tags.find((text) => text.startsWith("base_model:quantized:"));
  const tag = quantized ?? tags.find((text) => text.startsWith("base_model:"));
  return tag?.replace(/^base_model:(?:(?:quantized|finetune|adapter|merge):)?/, "");
}

const billions = (count: number): string => `${Number((count / 1e9).toPrecision(3))} B`;

const order = (a: number, b: number): number => (a === b ? 0 : a - b);

function popularity({ variants }: VariantGroup): number {
  return Math.max(0, ...variants.map(({ downloads = 0 }) => downloads));
}
