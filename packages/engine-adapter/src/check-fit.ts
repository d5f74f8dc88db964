import { inspectFolder, inspectModel, type InspectedModel, readMachine } from "@mlx-download/core";
import { fitModel } from "@mlx-download/fit";
import { EngineAdapterError } from "./errors.ts";
import { findLocalModel, isLocalRef } from "./local-ref.ts";
import type { EnsureOptions, FitOptions } from "./options.ts";

/** A model that is about to be loaded. */
export interface FitCandidate {
  readonly ref: string;
  /** Whether it is mlx-lm that will load it, whose table of architectures then counts. */
  readonly byMlxLm: boolean;
}

const DEFAULT_CONTEXT = 8192;

/**
 * Holds a model against this machine before its weights are fetched, from its config and headers alone. Resolves with a
 * sentence when it does not fit or will not load and only a warning is wanted; throws `engine/does-not-fit` or
 * `engine/cannot-load` when it is to be refused. A model that cannot be described is let through: nobody knows.
 */
export async function checkFit(
  { ref, byMlxLm }: FitCandidate,
  options: EnsureOptions & FitOptions,
): Promise<EngineAdapterError | undefined> {
  const inspected = await inspect(ref, options).catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code === "inspect/no-config") return undefined;
    throw error;
  });
  if (inspected === undefined) return undefined;
  const problem =
    (byMlxLm ? loadProblem(ref, inspected) : undefined) ??
    (await memoryProblem(ref, inspected, options));
  if (problem && options.fit === "refuse") throw problem;
  return problem;
}

async function inspect(ref: string, options: EnsureOptions): Promise<InspectedModel> {
  if (isLocalRef(ref)) {
    const { path } = await findLocalModel(ref, options.env);
    return inspectFolder(path, { signal: options.signal });
  }
  const { refresh: _, force: __, onEvent: ___, ...rest } = options;
  return inspectModel(ref, rest);
}

function loadProblem(ref: string, { loads }: InspectedModel): EngineAdapterError | undefined {
  if (loads.verdict !== "no") return undefined;
  const [first] = loads.reasons;
  return new EngineAdapterError(
    `mlx-lm will not load ${ref}: ${first?.message ?? "its architecture is not known"}`,
    "engine/cannot-load",
    {
      hint: 'Choose another model, or pass fit: "off" if your engine knows better.',
      data: { model: ref, reasons: loads.reasons.map(({ code }) => code) },
    },
  );
}

async function memoryProblem(
  ref: string,
  { description }: InspectedModel,
  { contextLength, memoryLimitBytes, signal }: EnsureOptions & FitOptions,
): Promise<EngineAdapterError | undefined> {
  const limit = memoryLimitBytes ?? (await readMachine({ signal })).wiredLimitBytes;
  const tokens = contextLength ?? Math.min(DEFAULT_CONTEXT, description.contextLength ?? Infinity);
  const fit = fitModel(description, limit, { contextLength: tokens });
  if (fit.verdict !== "no") return undefined;
  const { totalBytes, limitBytes, maxContextLength } = fit;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  return new EngineAdapterError(
    `${ref} needs ${gigabytes(totalBytes ?? 0)} of memory for ${tokens} tokens, this machine has ${gigabytes(limitBytes)} for it`,
    "engine/does-not-fit",
    {
      hint:
        maxContextLength !== null && maxContextLength > 0
          ? `It fits with a context of ${maxContextLength} tokens; or choose a smaller variant.`
          : "Choose a smaller variant of it: fewer bits, or fewer parameters.",
      data: { model: ref, totalBytes, limitBytes, contextLength: tokens, maxContextLength },
    },
  );
}
