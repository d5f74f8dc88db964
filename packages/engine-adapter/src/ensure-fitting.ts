import { checkFit } from "./check-fit.ts";
import { type CheckPlace, ensureModelAt, type EnsuredModel } from "./ensure-model.ts";
import type { EngineAdapterError } from "./errors.ts";
import type { OnEngineEvent } from "./events.ts";
import type { EnsureOptions, FitOptions } from "./options.ts";

/** What is known of the engine that the model is for. */
export interface FittingEngine {
  readonly check?: CheckPlace | undefined;
  /** Whether mlx-lm reads the weights. */
  readonly byMlxLm: boolean;
}

/** Findings by commit and limits, so that a model is looked at once. */
const known = new Map<string, EngineAdapterError | undefined>();
const MOST_KNOWN = 256;

/**
 * `ensureModelAt` with a look at whether the model will run here: before the first byte when it is to be refused,
 * beside the download when only a warning is wanted.
 */
export async function ensureFitting(
  ref: string,
  options: EnsureOptions & FitOptions,
  { check, byMlxLm }: FittingEngine,
): Promise<EnsuredModel> {
  const { fit = "warn", contextLength, memoryLimitBytes, ...ensure } = options;
  if (fit === "off") return ensureModelAt(ref, ensure, check);
  if (fit === "refuse") {
    await checkFit({ ref, byMlxLm }, options);
    return ensureModelAt(ref, ensure, check);
  }

  let looking: Promise<void> | undefined;
  const look = (candidate: string, repoId: string): Promise<void> =>
    findProblem(candidate).then(
      (problem) => problem && warn(options.onEvent, repoId, problem),
      // Whoever only wants a warning is not kept from the model by a question that failed.
      () => undefined,
    );
  const onEvent: OnEngineEvent = (event) => {
    if (event.type === "planned" && event.bytes.toFetch > 0) {
      looking ??= look(`${event.repoId}@${event.commit}`, event.repoId);
    }
    ensure.onEvent?.(event);
  };
  const model = await ensureModelAt(ref, { ...ensure, onEvent }, check);
  const { repoId, commit, path } = model;
  looking ??= look(commit === null ? path : `${repoId}@${commit}`, repoId);
  await looking;
  return model;

  async function findProblem(candidate: string): Promise<EngineAdapterError | undefined> {
    const key = JSON.stringify([candidate, byMlxLm, contextLength, memoryLimitBytes]);
    if (known.has(key)) return known.get(key);
    const { revision: _, ...rest } = options;
    const problem = await checkFit({ ref: candidate, byMlxLm }, { ...rest, fit });
    const oldest = known.size >= MOST_KNOWN ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    known.set(key, problem);
    return problem;
  }
}

function warn(
  onEvent: OnEngineEvent | undefined,
  repoId: string,
  { code, message, hint }: EngineAdapterError,
): void {
  try {
    onEvent?.({ type: "warning", code, message, hint, at: Date.now(), repoId });
  } catch {
    // A listener's fault is not the load's.
  }
}
