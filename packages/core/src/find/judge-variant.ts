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

/** A variant whose own files were read. */
export interface JudgedVariant extends VariantCandidate {
  readonly commit: string | null;
  readonly description: ModelDescription;
  readonly fit: Fit;
  /** Whether the program that does the task loads it. */
  readonly loads: LoadVerdict;
  readonly speed: DecodeSpeed | null;
}

/** The inputs by which every variant is judged. */
export interface Judging {
  readonly hubs: Hubs;
  readonly settings: Settings;
  readonly machine: Machine;
  readonly task: ModelTask;
  readonly wish: FitWish;
  /** Tokens, where the wish names none. */
  readonly contextLength: number;
  readonly facts: ModelFacts;
  readonly skipped: { repoId: string; message: string }[];
  readonly signal: AbortSignal;
  readonly onCandidate: ((repoId: string) => void) | undefined;
}

const CONCURRENCY = 3;

/** Judges variants, a few at once. Those that cannot be read go to `skipped`. */
export async function judgeVariants(
  variants: readonly ListedModel[],
  context: Judging,
): Promise<readonly JudgedVariant[]> {
  const queue = [...variants];
  const judged: JudgedVariant[] = [];
  const worker = async (): Promise<void> => {
    for (let model = queue.shift(); model !== undefined; model = queue.shift()) {
      try {
        judged.push(await judgeVariant(model, context));
      } catch (error) {
        context.signal.throwIfAborted();
        const coded = codedError(error, model.repoId);
        if (!(coded instanceof ModelDownloadError)) throw coded;
        context.skipped.push({ repoId: model.repoId, message: coded.message });
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return judged;
}

async function judgeVariant(model: ListedModel, context: Judging): Promise<JudgedVariant> {
  const { repoId, downloads } = model;
  const { machine, task } = context;
  const { machine: _, support, ...wish } = context.wish;
  const { commit, description } = await describe(model, context);
  const contextLength =
    wish.contextLength ??
    Math.min(context.contextLength, description.contextLength ?? context.contextLength);
  const loads = loadsForTask(loadVerdict(description, support), task);
  const fit = fitModel(description, machine.wiredLimitBytes, {
    mlxVersion: loads.by.mlxVersion,
    ...wish,
    machine,
    contextLength,
  });
  const speed = decodeSpeed(description, machine, { kvBytes: fit.kvBytes, repoId });
  return { repoId, commit, description, fit, loads, speed, downloads };
}

/** From memory where the listing names a commit that is known, else from the model's own files. */
async function describe(
  model: ListedModel,
  { hubs, settings, wish, facts, signal, onCandidate }: Judging,
): Promise<{ readonly commit: string | null; readonly description: ModelDescription }> {
  const { repoId, commit } = model;
  const known = commit === undefined ? undefined : facts.read(repoId, commit);
  // What another mlx-lm makes of it is not remembered.
  if (commit !== undefined && known?.by === DESCRIBED_BY && wish.support === undefined) {
    return { commit, description: known.description };
  }
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

/** What a verdict asks the evidence for: whether the files are known. The rest is for those who look at one model. */
const fileEvidence = ({ evidence }: ModelDescription): ModelDescription["evidence"] =>
  evidence["weightFiles"] === undefined ? {} : { weightFiles: evidence["weightFiles"] };
