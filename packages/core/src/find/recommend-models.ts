import {
  chooseVariant,
  type Machine,
  type ModelTask,
  parseModelName,
  rankModels,
  taskWish,
  type VariantChoice,
  type VariantWish,
} from "@mlx-download/fit";
import type { ModelFacts, RememberedModel } from "../contract/model-facts.ts";
import type { FitWish, HubOptions } from "../contract/options.ts";
import { openHubs } from "../request/hubs.ts";
import { readSettings } from "../settings/settings.ts";
import type { ListedModel } from "../contract/listed-model.ts";
import { estimateVariant } from "./estimate-variant.ts";
import { type JudgedVariant, judgeVariants, type Judging } from "./judge-variant.ts";
import { likelyVariants } from "./likely-variants.ts";
import { candidatesIn, listCandidates, type ListingWish } from "./list-candidates.ts";
import { asDraft, type Recommendation, recommendation } from "./rank-recommendation.ts";
import { readMachine } from "./read-machine.ts";

export type { JudgedVariant } from "./judge-variant.ts";
export type { Recommendation } from "./rank-recommendation.ts";

/** The wanted models, and the machine for them. */
export interface RecommendOptions extends Omit<HubOptions, "revision" | "offline"> {
  /** The task of the model. Default `chat`. */
  readonly task?: ModelTask | undefined;
  /**
   * The variants of one model (`Qwen/Qwen3-8B`, `qwen3-8b`) instead of all models for a task. With the task `draft`: the
   * model that is drafted for.
   */
  readonly of?: string | undefined;
  /** The author of the models. Default `mlx-community`, `any` for all with the tag `mlx`. */
  readonly author?: string | undefined;
  /** The maximum number of models. Default 3. */
  readonly limit?: number | undefined;
  /** Default: this machine, 8192 tokens, or fewer where nothing fits at so many. */
  readonly fit?: FitWish | undefined;
  /**
   * Models to choose from, most downloaded first, such as those of a catalogue: no Hub is asked. Those whose description
   * `facts` does not have are judged by name, tags and counts. Default: the Hub's list, and the files of the best few.
   */
  readonly listed?: readonly ListedModel[] | undefined;
  /** Descriptions that are remembered by commit. Default: none, every model is read. */
  readonly facts?: ModelFacts | undefined;
  /** Tokens a second that are wished for, by the lower estimate. Default: the wish of the task, by the middle. */
  readonly tokensPerSecond?: number | undefined;
  /** Told of every model whose files are about to be read. */
  readonly onCandidate?: ((repoId: string) => void) | undefined;
}

/** The models found, the machine, and the number of models considered. */
export interface Recommendations {
  readonly machine: Machine;
  /** The longest context that was judged by. */
  readonly contextLength: number;
  readonly listed: number;
  readonly inspected: number;
  readonly models: readonly Recommendation[];
  /** Models that could not be read, and why. */
  readonly skipped: readonly { readonly repoId: string; readonly message: string }[];
}

const CONTEXTS = [8192, 4096, 2048];
const VARIANTS_OF_A_MODEL = 2;
const VARIANTS_WHEN_ASKED_FOR = 12;
/** Groups tried for each that is wanted: estimates from names may be wrong. */
const TRIES = 3;

/**
 * Recommends models for a machine: lists MLX models, drops those that are not for the task or too large by an estimate,
 * ranks the rest by size, age and speed, then reads the files of the best few and chooses a variant of each. With `listed`
 * it makes no request and judges by the facts that are here. Rejects with the `hub/…` errors of the listing. Models that
 * cannot be read are in `skipped`.
 */
export async function recommendModels(options: RecommendOptions = {}): Promise<Recommendations> {
  const { env = process.env, signal = new AbortController().signal, fetch, onEvent } = options;
  const { listed, task = "chat", onCandidate } = options;
  const machine = options.fit?.machine ?? (await readMachine({ signal }));
  const facts = remembering(options.facts);
  const judging = { machine, task, wish: options.fit ?? {}, facts };
  if (listed !== undefined) {
    return recommendFrom(
      {
        candidates: async (wish) => candidatesIn(listed, wish),
        judge: async (models, context) =>
          models.flatMap((model) => estimateVariant(model, context) ?? []),
        isCostly: false,
        skipped: [],
      },
      judging,
      options,
    );
  }
  const settings = await readSettings({ ...options, env });
  const hubs = openHubs(settings, {
    env,
    signal,
    fetch,
    onEvent: onEvent && ((event) => onEvent({ ...event, at: Date.now(), repoId: "" })),
  });
  const reading = { hubs, settings, skipped: [], signal, onCandidate };
  try {
    return await recommendFrom(
      {
        candidates: (wish) => listCandidates(hubs, { ...wish, signal }),
        judge: (models, context) => judgeVariants(models, { ...context, ...reading }),
        isCostly: true,
        skipped: reading.skipped,
      },
      judging,
      options,
    );
  } finally {
    await hubs.close();
  }
}

/** Where candidates come from, and who judges them. */
interface Listing {
  candidates(wish: Omit<ListingWish, "signal">): Promise<readonly ListedModel[]>;
  judge(models: readonly ListedModel[], context: Judging): Promise<readonly JudgedVariant[]>;
  /** Judging takes requests, so that only the likeliest variants of a model are judged. */
  readonly isCostly: boolean;
  /** Those that could not be read so far. */
  readonly skipped: Recommendations["skipped"];
}

async function recommendFrom(
  listing: Listing,
  judging: Omit<Judging, "contextLength">,
  options: RecommendOptions,
): Promise<Recommendations> {
  const { machine, task } = judging;
  const { of } = options;
  const author = options.author ?? (of === undefined ? "mlx-community" : "any");
  const target =
    task === "draft" && of !== undefined
      ? await draftTarget(of, listing, { ...options, judging: { ...judging, task: "chat" } })
      : undefined;
  const wanted = task === "draft" ? undefined : of;
  const listed = (await listing.candidates({ task, of: wanted, author })).filter(
    ({ repoId }) =>
      target === undefined ||
      parseModelName(repoId).family === parseModelName(target.repoId).family,
  );
  // A model that does not fit with a long prompt may with a shorter one: it is better than nothing.
  const contexts = options.fit?.contextLength === undefined ? CONTEXTS : [CONTEXTS[0] ?? 8192];
  for (const contextLength of contexts) {
    const context = { ...judging, contextLength };
    const found = await choose(listed, listing, { ...options, target, context });
    if (found.models.length === 0 && contextLength !== contexts.at(-1)) continue;
    return {
      machine,
      contextLength: options.fit?.contextLength ?? contextLength,
      listed: listed.length,
      ...found,
      skipped: listing.skipped,
    };
  }
  throw new RangeError("no context was tried");
}

/** Descriptions that were read in this run are known for the rest of it. */
function remembering(facts: ModelFacts | undefined): ModelFacts {
  const own = new Map<string, RememberedModel>();
  return {
    read: (repoId, commit) => own.get(`${repoId}@${commit}`) ?? facts?.read(repoId, commit),
    write(repoId, commit, model) {
      own.set(`${repoId}@${commit}`, model);
      facts?.write(repoId, commit, model);
    },
  };
}

interface Choosing extends RecommendOptions {
  /** The model that is drafted for. */
  readonly target: JudgedVariant | undefined;
  readonly context: Judging;
}

async function choose(
  listed: readonly ListedModel[],
  listing: Listing,
  options: Choosing,
): Promise<Pick<Recommendations, "models" | "inspected">> {
  const { limit = 3, of, target, context } = options;
  const { machine, task } = context;
  const wish = taskWish(task);
  const named = of !== undefined && task !== "draft";
  const speed = options.tokensPerSecond ?? (named ? null : wish.tokensPerSecond);
  const groups = rankModels(listed, {
    limitBytes: machine.wiredLimitBytes,
    now: Date.now(),
    share: named ? 1 : wish.share,
    bandwidth: machine.bandwidth?.low,
    tokensPerSecond: speed,
    task,
  });
  const variantWish: VariantWish = {
    ...(speed !== null && { tokensPerSecond: speed }),
    by: options.tokensPerSecond === undefined ? "middle" : "lower",
  };
  const most = !listing.isCostly
    ? Number.POSITIVE_INFINITY
    : named
      ? VARIANTS_WHEN_ASKED_FOR
      : VARIANTS_OF_A_MODEL;
  const models: Recommendation[] = [];
  let inspected = 0;
  for (const group of groups.slice(0, limit * TRIES)) {
    // One more than is wanted: the files may turn the order of the last two.
    if (models.filter(({ choice }) => isQuick(choice, options)).length > limit) break;
    const variants = likelyVariants(group.variants, machine, variantWish);
    const judged: JudgedVariant[] = [];
    for (let at = 0; at < Math.min(variants.length, 2 * most); at += most) {
      const more = await listing.judge(variants.slice(at, at + most), context);
      inspected += more.length;
      judged.push(...more.map((one) => asDraft(one, { task, target })));
      // Estimates may be wrong: the next ones are looked at where none of the first can be used.
      if (chooseVariant(judged, variantWish).best !== null) break;
    }
    const choice = chooseVariant(judged, variantWish);
    if (choice.best !== null) models.push(recommendation(group, choice, { speed, task, target }));
  }
  // Judged by the files, no longer by estimates. Models that reach a speed that was asked for come first.
  models.sort(
    (a, b) =>
      Number(isQuick(b.choice, options)) - Number(isQuick(a.choice, options)) ||
      (a.score === b.score ? 0 : b.score - a.score),
  );
  return { models: models.slice(0, limit), inspected };
}

/** The best variant of the model that is drafted for. Undefined when none fits. */
async function draftTarget(
  of: string,
  listing: Listing,
  options: RecommendOptions & { readonly judging: Omit<Judging, "contextLength"> },
): Promise<JudgedVariant | undefined> {
  const { judging, author = "any" } = options;
  const candidates = await listing.candidates({ task: "chat", of, author });
  const variants = likelyVariants(candidates, judging.machine, {});
  const context = { ...judging, contextLength: CONTEXTS[0] ?? 8192 };
  const judged = await listing.judge(variants.slice(0, VARIANTS_OF_A_MODEL), context);
  return chooseVariant(judged).best?.candidate ?? judged[0];
}

/** Whether the best variant has the speed that was asked for. */
function isQuick(
  { best }: VariantChoice<JudgedVariant>,
  { tokensPerSecond }: RecommendOptions,
): boolean {
  const speed = best?.candidate.speed;
  return tokensPerSecond === undefined || !speed || speed.low >= tokensPerSecond;
}
