import { guardListener } from "@mlx-download/cache/writing";
import type { ModelDownloadError } from "@mlx-download/core";
import { checkFit } from "./check-fit.ts";
import type { CheckFolder, EnsuredModel } from "../contract/engine.ts";
import { ensureModelAt } from "./ensure-model.ts";
import type { OnEngineEvent } from "../contract/events.ts";
import type { LoadOptions } from "../contract/options.ts";

/** The facts about the engine that the model is for. */
export interface FittingEngine {
  readonly check?: CheckFolder | undefined;
  /** Whether mlx-lm reads the weights. */
  readonly byMlxLm: boolean;
}

/** Findings by commit and limits, so that a model is looked at once. */
const known = new Map<string, ModelDownloadError | undefined>();
const MOST_KNOWN = 256;

/**
 * `ensureModelAt` with a warnOfProblem at whether the model will run here: before the first byte when it is to be refused,
 * beside the download when only a warning is wanted.
 */
export async function ensureFitting(
  ref: string,
  options: LoadOptions,
  { check, byMlxLm }: FittingEngine,
): Promise<EnsuredModel> {
  const { checkFit: wanted = true, ...ensure } = options;
  if (!wanted && !ensure.requireFit) return ensureModelAt(ref, ensure, check);
  if (ensure.requireFit) {
    await checkFit({ ref, byMlxLm }, ensure);
    // Core would judge once more, by mlx-lm's table whatever the engine is.
    return ensureModelAt(ref, { ...ensure, requireFit: false }, check);
  }

  let warning: Promise<void> | undefined;
  const warnOfProblem = (candidate: string, repoId: string): Promise<void> =>
    findProblem(candidate).then(
      (problem) => problem && warn(options.onEvent, repoId, problem),
      // When only a warning is wanted, a failed question does not stop the load.
      () => undefined,
    );
  const onEvent: OnEngineEvent = (event) => {
    if (event.type === "planned" && event.bytes.toFetch > 0) {
      warning ??= warnOfProblem(`${event.repoId}@${event.commit}`, event.repoId);
    }
    ensure.onEvent?.(event);
  };
  const model = await ensureModelAt(ref, { ...ensure, onEvent }, check);
  const { repoId, commit, path } = model;
  warning ??= warnOfProblem(commit === null ? path : `${repoId}@${commit}`, repoId);
  await warning;
  return model;

  async function findProblem(candidate: string): Promise<ModelDownloadError | undefined> {
    const key = JSON.stringify([candidate, byMlxLm, options.fit]);
    if (known.has(key)) return known.get(key);
    // The candidate names its commit.
    const rest = { ...ensure, revision: undefined };
    const problem = await checkFit({ ref: candidate, byMlxLm }, rest);
    const oldest = known.size >= MOST_KNOWN ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    known.set(key, problem);
    return problem;
  }
}

function warn(
  onEvent: OnEngineEvent | undefined,
  repoId: string,
  { code, message, hint }: ModelDownloadError,
): void {
  guardListener(onEvent)({ type: "warning", code, message, hint, at: Date.now(), repoId });
}
