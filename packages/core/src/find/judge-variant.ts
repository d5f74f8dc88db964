import { forEachInLanes } from "@mlx-download/cache/writing";
import {
  decodeSpeed,
  type DecodeSpeed,
  DESCRIBED_BY,
  type Fit,
  fitModel,
  loadsForTask,
  type LoadVerdict,
  loadVerdict,
  type Machine,
  type ModelDescription,
  type ModelTask,
  type VariantCandidate,
} from "@mlx-download/fit";
import type { ModelFacts } from "../contract/model-facts.ts";
import type { FitWish } from "../contract/options.ts";
import { codedError } from "../contract/coded-error.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { ListedModel } from "../contract/listed-model.ts";
import type { Hubs } from "../request/hubs.ts";
import { resolveSnapshot } from "../request/resolve-snapshot.ts";
import { locateRequest } from "../settings/locate-request.ts";
import type { Settings } from "../settings/settings.ts";
import { inspectSnapshot } from "./inspect-model.ts";

/** A variant that was judged for a machine. */
export interface JudgedVariant extends VariantCandidate {
  readonly commit: string | null;
  /** Whether its own files stand behind the figures, or its entry in a list: name, tags and counts. */
  readonly by: "files" | "list";
  readonly description: ModelDescription;
  readonly fit: Fit;
  /** Whether the program that does the task loads it. */
  readonly loads: LoadVerdict;
  readonly speed: DecodeSpeed | null;
}

/** The inputs by which every variant is judged. */
export interface Judging {
  readonly machine: Machine;
  readonly task: ModelTask;
  readonly wish: FitWish;
  /** Tokens, where the wish names none. */
  readonly contextLength: number;
  readonly facts: ModelFacts;
}

/** The same, where the files of variants are read from a Hub. */
export interface ReadingJudge extends Judging {
  readonly hubs: Hubs;
  readonly settings: Settings;
  readonly skipped: { repoId: string; message: string }[];
  readonly signal: AbortSignal;
  readonly onCandidate: ((repoId: string) => void) | undefined;
}

const CONCURRENCY = 3;

/** Judges variants, a few at once. Those that cannot be read go to `skipped`. */
export async function judgeVariants(
  variants: readonly ListedModel[],
  context: ReadingJudge,
): Promise<readonly JudgedVariant[]> {
  const judged: JudgedVariant[] = [];
  const judge = async (model: ListedModel, stop: AbortSignal): Promise<void> => {
    try {
      judged.push(await judgeVariant(model, { ...context, signal: stop }));
    } catch (error) {
      stop.throwIfAborted();
      const coded = codedError(error, model.repoId);
      if (!(coded instanceof ModelDownloadError)) throw coded;
      context.skipped.push({ repoId: model.repoId, message: coded.message });
    }
  };
  await forEachInLanes(variants, judge, { atOnce: CONCURRENCY, signal: context.signal });
  return judged;
}

async function judgeVariant(model: ListedModel, context: ReadingJudge): Promise<JudgedVariant> {
  const { commit, description } = rememberedOf(model, context) ?? (await describe(model, context));
  return judgeDescription(model, { commit, description }, context);
}

/** A model with the commit that its description is of. */
interface Described {
  readonly commit: string | null;
  readonly description: ModelDescription;
}

/** Holds a description against the machine. */
export function judgeDescription(
  { repoId, downloads }: Pick<ListedModel, "repoId" | "downloads">,
  { commit, description }: Described,
  { machine, task, wish: given, contextLength: usual }: Judging,
): JudgedVariant {
  const { machine: _, support, trustRemoteCode, ...wish } = given;
  const contextLength = wish.contextLength ?? Math.min(usual, description.contextLength ?? usual);
  const loads = loadsForTask(loadVerdict(description, support, { trustRemoteCode }), task);
  const fit = fitModel(description, machine.wiredLimitBytes, {
    mlxVersion: loads.by.mlxVersion,
    ...wish,
    machine,
    contextLength,
  });
  const speed = decodeSpeed(description, machine, { kvBytes: fit.kvBytes, repoId });
  return { repoId, commit, by: "files", description, fit, loads, speed, downloads };
}

/** From memory, where the listing names a commit that is known. Another mlx-lm's view of it is not remembered. */
export function rememberedOf(
  { repoId, commit }: ListedModel,
  { facts, wish }: Pick<Judging, "facts" | "wish">,
): (Described & { readonly commit: string }) | undefined {
  if (commit === undefined || wish.support !== undefined) return undefined;
  const known = facts.read(repoId, commit);
  return known?.by === DESCRIBED_BY ? { commit, description: known.description } : undefined;
}

/** From the model's own files. */
async function describe(
  model: ListedModel,
  { hubs, settings, wish, facts, signal, onCandidate }: ReadingJudge,
): Promise<Described> {
  const { repoId, commit } = model;
  onCandidate?.(repoId);
  const located = await locateRequest(
    commit === undefined ? repoId : { repoId, revision: commit },
    {},
    settings,
  );
  // One that cannot be read is told in `skipped`, in its own words.
  const request = { ...located, hubs, signal, emit: () => undefined };
  const resolved = await resolveSnapshot(request);
  const { support } = wish;
  const found = await inspectSnapshot(request, resolved, { support, listed: model });
  const description = { ...found.description, evidence: fileEvidence(found.description) };
  if (found.commit !== null && support === undefined) {
    facts.write(repoId, found.commit, { by: DESCRIBED_BY, description });
  }
  return { commit: found.commit, description };
}

/** The evidence that a verdict reads: whether the files are known. The rest is for those who look at one model. */
const fileEvidence = ({ evidence }: ModelDescription): ModelDescription["evidence"] =>
  evidence["weightFiles"] === undefined ? {} : { weightFiles: evidence["weightFiles"] };
