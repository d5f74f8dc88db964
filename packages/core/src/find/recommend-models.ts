import {
  activeParameters,
  type VariantCandidate,
  type VariantChoice,
  chooseVariant,
  decodeSpeed,
  type DecodeSpeed,
  type Fit,
  fitModel,
  type LoadVerdict,
  type Machine,
  type ModelDescription,
  type ModelTask,
  parseModelName,
  rankModels,
  rankOf,
  suitsTask,
  type VariantGroup,
  variantKey,
} from "@mlx-download/fit";
import type { FitWish, HubOptions } from "../contract/options.ts";
import { codedError } from "../contract/coded-error.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { type Hubs, openHubs } from "../request/hubs.ts";
import { resolveSnapshot } from "../request/resolve-snapshot.ts";
import { locateRequest } from "../settings/locate-request.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { searchModels } from "./search-models.ts";
import type { ListedModel } from "../contract/listed-model.ts";
import { inspectSnapshot } from "./inspect-model.ts";
import { listAt } from "./list-models.ts";
import { readMachine } from "./read-machine.ts";

/** The wanted models, and the machine for them. */
export interface RecommendOptions extends Omit<HubOptions, "revision" | "offline"> {
  /** The task of the model. Default `chat`. */
  readonly task?: ModelTask | undefined;
  /** The variants of one model (`Qwen/Qwen3-8B`, `qwen3-8b`) instead of all models for a task. */
  readonly of?: string | undefined;
  /** The author of the models. Default `mlx-community`, `any` for all with the tag `mlx`. */
  readonly author?: string | undefined;
  /** The maximum number of models. Default 3. */
  readonly limit?: number | undefined;
  /** Default: this machine, 8192 tokens. */
  readonly fit?: FitWish | undefined;
  /** Tokens a second that are wished for, by the lower estimate. */
  readonly tokensPerSecond?: number | undefined;
  /** Told of every model whose files are about to be read. */
  readonly onCandidate?: ((repoId: string) => void) | undefined;
}

/** A variant whose own files were read. */
export interface JudgedVariant extends VariantCandidate {
  readonly commit: string | null;
  readonly description: ModelDescription;
  readonly fit: Fit;
  readonly loads: LoadVerdict;
  readonly speed: DecodeSpeed | null;
}

/** One model with the variant of it to take, and the one that came next. */
export interface Recommendation {
  readonly base: string;
  /** Size and age in one figure. Higher is better. */
  readonly score: number;
  /** Why this model stands where it stands. */
  readonly why: string;
  readonly choice: VariantChoice<JudgedVariant>;
}

/** The models found, the machine, and the number of models considered. */
export interface Recommendations {
  readonly machine: Machine;
  readonly contextLength: number;
  readonly listed: number;
  readonly inspected: number;
  readonly models: readonly Recommendation[];
  /** Models that could not be read, and why. */
  readonly skipped: readonly { readonly repoId: string; readonly message: string }[];
}

const DEFAULT_CONTEXT = 8192;
/** A listing starts with the most downloaded models, so those behind this number are hardly ever used. */
const MAX_LISTED = 1000;
const VARIANTS_OF_A_MODEL = 4;
const VARIANTS_WHEN_ASKED_FOR = 12;
/** Groups tried for each that is wanted: estimates from names may be wrong. */
const TRIES = 3;
const CONCURRENCY = 3;

/**
 * Recommends models for a machine: lists MLX models, drops those that are not for the task or too large by an estimate,
 * ranks the rest by size and age, then reads the files of the best few and chooses a variant of each. Rejects with the
 * `hub/…` errors of the listing. Models that cannot be read are in `skipped`.
 */
export async function recommendModels(options: RecommendOptions = {}): Promise<Recommendations> {
  const { env = process.env, signal, fetch, onEvent } = options;
  const settings = await readSettings({ ...options, env });
  const hubs = openHubs(settings, {
    env,
    signal,
    fetch,
    onEvent: onEvent && ((event) => onEvent({ ...event, at: Date.now(), repoId: "" })),
  });
  try {
    return await recommendAt(hubs, settings, options);
  } finally {
    await hubs.close();
  }
}

async function recommendAt(
  hubs: Hubs,
  settings: Settings,
  options: RecommendOptions,
): Promise<Recommendations> {
  const { signal, limit = 3, of } = options;
  const machine = options.fit?.machine ?? (await readMachine({ signal }));
  const contextLength = options.fit?.contextLength ?? DEFAULT_CONTEXT;
  const listed = await listCandidates(hubs, options);
  const groups = rankModels(listed, { limitBytes: machine.wiredLimitBytes, now: Date.now() });
  const skipped: { repoId: string; message: string }[] = [];
  const models: Recommendation[] = [];
  let inspected = 0;
  let quick = 0;
  for (const group of groups.slice(0, limit * TRIES)) {
    if (quick >= limit) break;
    const most = of === undefined ? VARIANTS_OF_A_MODEL : VARIANTS_WHEN_ASKED_FOR;
    const judged = await judgeGroup(group.variants.slice(0, most), {
      hubs,
      settings,
      options,
      machine,
      skipped,
    });
    inspected += judged.length;
    const choice = chooseVariant(judged, { tokensPerSecond: options.tokensPerSecond });
    if (choice.best === null) continue;
    models.push(recommendation(group, choice));
    if (isQuick(choice.best.candidate, options)) quick += 1;
  }
  // Judged by the files, no longer by estimates. Models that reach the wanted speed come first.
  models.sort((a, b) => Number(slow(a, options)) - Number(slow(b, options)) || order(a, b));
  return {
    machine,
    contextLength,
    listed: listed.length,
    inspected,
    models: models.slice(0, limit),
    skipped,
  };
}

/** The model with the rank that its own files give it. */
function recommendation(
  group: VariantGroup<ListedModel>,
  choice: VariantChoice<JudgedVariant>,
): Recommendation {
  const parameters = choice.best?.candidate.description.parameters ?? group.parameters;
  const best = choice.best?.candidate.description;
  const active = (best && activeParameters(best)) ?? group.activeParameters;
  const { score, why } = rankOf({ ...group, parameters, activeParameters: active }, Date.now());
  return { base: group.base, score, why, choice };
}

const order = (a: Recommendation, b: Recommendation): number =>
  a.score === b.score ? 0 : b.score - a.score;

function isQuick({ speed }: JudgedVariant, { tokensPerSecond }: RecommendOptions): boolean {
  return tokensPerSecond === undefined || speed === null || speed.low >= tokensPerSecond;
}

function slow({ choice }: Recommendation, options: RecommendOptions): boolean {
  return choice.best !== null && !isQuick(choice.best.candidate, options);
}

async function listCandidates(hubs: Hubs, options: RecommendOptions): Promise<ListedModel[]> {
  const { of, task = "chat", author = of === undefined ? "mlx-community" : "any" } = options;
  const wanted = of === undefined ? undefined : parseModelName(of).stem;
  const found: ListedModel[] = [];
  const query = {
    signal: options.signal,
    limit: MAX_LISTED,
    counts: true,
    ...(of !== undefined && { search: searchWords(of) }),
    ...(author === "any" ? { tags: ["mlx"] } : { author, tags: [] }),
  };
  for await (const model of listAt(hubs, (client) => searchModels(client, query))) {
    if (wanted === undefined ? suitsTask(model, task) : isVariantOf(wanted, model)) {
      found.push(model);
    }
  }
  return found;
}

/** By the base it names, or by its own name: of Qwen3.5-9B, a variant on the Hub names Qwen3.5-9B-Base as its base. */
function isVariantOf(wanted: string, model: ListedModel): boolean {
  return variantKey(model) === wanted || parseModelName(model.repoId).stem === wanted;
}

/** The name without its owner and quantization, as the Hub's search finds it in the names of variants. */
function searchWords(of: string): string {
  const { quantization } = parseModelName(of);
  const name = of.slice(of.indexOf("/") + 1);
  const at =
    quantization === undefined
      ? -1
      : name.toLowerCase().search(/[-_.](?:mlx|\d+(?:\.\d+)?-?bit|mxfp|nvfp|bf16|fp16|qat|dwq|ud)/);
  return at > 0 ? name.slice(0, at) : name;
}

/** The inputs by which every variant is judged. */
interface Judging {
  readonly hubs: Hubs;
  readonly settings: Settings;
  readonly options: RecommendOptions;
  readonly machine: Machine;
}

async function judgeGroup(
  variants: VariantGroup<ListedModel>["variants"],
  context: Judging & { readonly skipped: { repoId: string; message: string }[] },
): Promise<readonly JudgedVariant[]> {
  const queue = [...variants];
  const judged: JudgedVariant[] = [];
  const worker = async (): Promise<void> => {
    for (let model = queue.shift(); model !== undefined; model = queue.shift()) {
      context.options.onCandidate?.(model.repoId);
      try {
        judged.push(await judgeVariant(model, context));
      } catch (error) {
        context.options.signal?.throwIfAborted();
        const coded = codedError(error, model.repoId);
        if (!(coded instanceof ModelDownloadError)) throw coded;
        context.skipped.push({ repoId: model.repoId, message: coded.message });
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return judged;
}

async function judgeVariant(
  { repoId, downloads }: ListedModel,
  { hubs, settings, options, machine }: Judging,
): Promise<JudgedVariant> {
  const { machine: _, support, ...wish } = options.fit ?? {};
  const { signal = new AbortController().signal } = options;
  const located = await locateRequest(repoId, {}, settings);
  // One that cannot be read is told in `skipped`, in its own words.
  const request = { ...located, hubs, signal, emit: () => undefined };
  const resolved = await resolveSnapshot(request);
  const { description, loads, commit } = await inspectSnapshot(request, resolved, { support });
  const contextLength =
    wish.contextLength ?? Math.min(DEFAULT_CONTEXT, description.contextLength ?? DEFAULT_CONTEXT);
  const fit = fitModel(description, machine.wiredLimitBytes, {
    mlxVersion: loads.by.mlxVersion,
    ...wish,
    machine,
    contextLength,
  });
  const speed = decodeSpeed(description, machine, { kvBytes: fit.kvBytes, repoId });
  return { repoId, commit, description, fit, loads, speed, downloads };
}
