import { findCached, inspectModel, type InspectedModel, planModel } from "@mlx-download/core";
import type { HubOptions, RepoRef } from "@mlx-download/core";
import {
  decodeSpeed,
  fitModel,
  type Machine,
  type ModelDescription,
  type MemoryOptions,
  type Quantization,
} from "@mlx-download/fit";
import type { FitPoint, MachineFacts, ModelPage } from "../contract.ts";
import { failureOf } from "../errors.ts";

/** Where the chart ends for a model that names no context length. */
const USUAL_LONGEST = 131_072;
const SHORTEST = 2048;
/** The context length of a verdict when the request names none. */
const DEFAULT_CONTEXT = 8192;

/**
 * Everything about a model at a revision: its files and how much of them is here, its description, whether it loads, and its memory
 * from short contexts to the longest. A repo that nothing describes still has its files. Rejects as `planModel` does.
 */
export async function readModel(
  ref: RepoRef,
  { machine, ...hub }: HubOptions & { readonly machine: Machine },
): Promise<ModelPage> {
  const [plan, inspected, cached] = await Promise.all([
    planModel(ref, hub),
    inspectModel(ref, hub).catch((error: unknown) => failureOf(error)),
    findCached(ref, { ...hub, offline: true }).catch(() => undefined),
  ]);
  const described = "code" in inspected ? undefined : inspected;
  return {
    repoId: plan.repoId,
    revision: plan.revision,
    commit: plan.commit,
    here: cached?.commit === plan.commit,
    files: plan.files.map(({ path, size, action }) => ({ path, size, action })),
    leftOut: { files: plan.leftOut.files, bytes: plan.leftOut.bytes },
    bytes: {
      total: plan.bytes.total,
      toFetch: plan.bytes.toFetch,
      diskFree: plan.bytes.diskFree,
    },
    machine: machineFacts(machine),
    ...(described ? knowledge(described, machine) : ignorance),
    problem: "code" in inspected ? inspected : null,
  };
}

/** A machine as the page shows it. */
export function machineFacts(machine: Machine): MachineFacts {
  const { chip, memoryBytes, wiredLimitBytes, isTarget, simulated } = machine;
  return { chip, memoryBytes, limitBytes: wiredLimitBytes, isTarget, simulated };
}

type Knowledge = Pick<
  ModelPage,
  "about" | "fit" | "maxContextLength" | "speed" | "loads" | "security"
>;

const ignorance: Knowledge = {
  about: null,
  fit: [],
  maxContextLength: null,
  speed: null,
  loads: null,
  security: null,
};

function knowledge(inspected: InspectedModel, machine: Machine): Knowledge {
  const { description, loads, security, repoId } = inspected;
  const context = { machine, mlxVersion: loads.by.mlxVersion };
  const usual = Math.min(DEFAULT_CONTEXT, description.contextLength ?? DEFAULT_CONTEXT);
  const fit = fitModel(description, machine.wiredLimitBytes, { ...context, contextLength: usual });
  const speed = decodeSpeed(description, machine, {
    kvBytes: fit.kvBytes,
    repoId: repoId ?? undefined,
  });
  const { parameters, experts, quantization } = description;
  return {
    about: {
      modelType: description.modelType,
      parameters,
      activeParameters: experts?.active ?? null,
      contextLength: description.contextLength,
      quantization: quantization === null ? null : labelOf(quantization),
      bitsPerWeight: quantization?.bitsPerWeight ?? null,
      weightsBytes: description.weightsBytes,
      license: description.license,
      baseModels: description.baseModels,
    },
    fit: lengthsOf(description).map((contextLength) =>
      fitPoint(description, machine, { ...context, contextLength }),
    ),
    maxContextLength: fit.maxContextLength,
    speed: speed && { low: speed.low, high: speed.high },
    loads: {
      verdict: loads.verdict,
      reasons: loads.reasons.map(({ message, blocks }) => ({ message, blocks })),
      by: loads.program === "mlx-lm" ? `mlx-lm ${loads.by.mlxLmVersion}` : loads.program,
    },
    security: {
      verdict: security.verdict,
      findings: security.findings.slice(0, 50).map(({ path, message }) => ({ path, message })),
    },
  };
}

function labelOf({ bits, mode, mixed }: Quantization): string {
  const width = bits === null ? "quantized" : `${bits}-bit`;
  return [width, mode === "affine" ? "" : mode, mixed ? "mixed" : ""].filter(Boolean).join(", ");
}

/** Doubling lengths up to the length that the model was made for, and that one. */
function lengthsOf({ contextLength }: ModelDescription): readonly number[] {
  const longest = Math.max(1, contextLength ?? USUAL_LONGEST);
  const lengths: number[] = [];
  for (let length = Math.min(SHORTEST, longest); length < longest; length *= 2)
    lengths.push(length);
  return [...lengths, longest];
}

function fitPoint(
  description: ModelDescription,
  machine: Machine,
  options: MemoryOptions,
): FitPoint {
  const need = fitModel(description, machine.wiredLimitBytes, options);
  return {
    contextLength: need.contextLength,
    weightsBytes: need.weightsBytes,
    kvPeakBytes: need.kvPeakBytes,
    activationBytes: need.activationBytes,
    overheadBytes: need.overheadBytes,
    totalBytes: need.totalBytes,
    verdict: need.verdict,
  };
}
