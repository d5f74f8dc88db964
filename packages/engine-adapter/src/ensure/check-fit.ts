import {
  inspectFolder,
  inspectModel,
  type InspectedModel,
  ModelDownloadError,
  readMachine,
} from "@mlx-download/core";
import { fitModel } from "@mlx-download/fit";
import { findLocalModel, isLocalRef } from "./local-ref.ts";
import { findLocked } from "./locked-model.ts";
import type { EnsureOptions } from "../contract/options.ts";

/** A model that is about to be loaded. */
export interface FitCandidate {
  readonly ref: string;
  /** Whether it is mlx-lm that will load it, whose table of architectures then counts. */
  readonly byMlxLm: boolean;
}

const DEFAULT_CONTEXT = 8192;

/**
 * Checks a model against this machine before its weights are fetched, from its config and headers alone. Resolves with
 * a sentence when it does not fit or will not load and only a warning is wanted. Throws `review/does-not-fit` or
 * `review/cannot-load` when it is to be refused. A model that cannot be described is let through.
 */
export async function checkFit(
  { ref, byMlxLm }: FitCandidate,
  options: EnsureOptions,
): Promise<ModelDownloadError | undefined> {
  const inspected = await inspect(ref, options).catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code === "inspect/no-config") return undefined;
    throw error;
  });
  if (inspected === undefined) return undefined;
  const problem =
    (byMlxLm ? loadProblem(ref, inspected) : undefined) ??
    (await memoryProblem(ref, inspected, options));
  if (problem && options.requireFit) throw problem;
  return problem;
}

async function inspect(ref: string, options: EnsureOptions): Promise<InspectedModel> {
  const { support, trustRemoteCode } = options.fit ?? {};
  if (isLocalRef(ref)) {
    const { path } = await findLocalModel(ref, options.env);
    return inspectFolder(path, { signal: options.signal, support, trustRemoteCode });
  }
  const { cacheDir, token, endpoint, offline, signal, fetch, env, revision } = options;
  const hub = { cacheDir, token, endpoint, offline, signal, fetch, env, revision };
  const locked = await findLocked(ref, options);
  const named = locked ? `${locked.repoId}@${locked.commit}` : ref;
  return inspectModel(named, { ...hub, support, trustRemoteCode });
}

function loadProblem(ref: string, { loads }: InspectedModel): ModelDownloadError | undefined {
  const own = loads.program === "mlx-lm";
  if (own && loads.verdict !== "no") return undefined;
  const reason = loads.reasons.find(({ blocks, code }) =>
    own ? blocks : code === "unknown-architecture",
  );
  return new ModelDownloadError(
    `mlx-lm will not load ${ref}: ${reason?.message ?? "its architecture is not known"}`,
    "review/cannot-load",
    {
      hint:
        reason?.code === "remote-code"
          ? "Read that code. If you trust it, pass fit: { trustRemoteCode: true }, and start the server with --trust-remote-code in its args."
          : "Choose another variant, or leave requireFit out if your engine knows better.",
      data: { loads },
    },
  );
}

async function memoryProblem(
  ref: string,
  { description, loads }: InspectedModel,
  { fit: wish = {}, signal }: EnsureOptions,
): Promise<ModelDownloadError | undefined> {
  const {
    machine = await readMachine({ signal }),
    support: _,
    trustRemoteCode: __,
    ...memory
  } = wish;
  const own = Math.min(DEFAULT_CONTEXT, description.contextLength ?? DEFAULT_CONTEXT);
  const contextLength = memory.contextLength ?? own;
  const fit = fitModel(description, machine.wiredLimitBytes, {
    mlxVersion: loads.by.mlxVersion,
    ...memory,
    machine,
    contextLength,
  });
  if (fit.verdict !== "no") return undefined;
  const { totalBytes, limitBytes, maxContextLength } = fit;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  return new ModelDownloadError(
    `${ref} needs ${gigabytes(totalBytes ?? 0)} of memory for ${contextLength} tokens, this machine has ${gigabytes(limitBytes)} for it`,
    "review/does-not-fit",
    {
      hint:
        maxContextLength !== null && maxContextLength > 0
          ? `It fits with a context of ${maxContextLength} tokens. Or choose a smaller variant.`
          : "Choose a smaller variant of it: fewer bits, or fewer parameters.",
      data: { fit },
    },
  );
}
