import type { ModelDescription } from "./model-description.ts";
import { MLX_LM_TABLE } from "./mlx-lm-table.ts";
import type { MlxLmSupport } from "./mlx-lm-support.ts";

/** Why a model loads or does not; stable. */
export type LoadReasonCode =
  | "known-architecture"
  | "unknown-architecture"
  | "no-model-type"
  | "no-weights"
  | "missing-files";

/** One reason of a verdict. */
export interface LoadReason {
  readonly code: LoadReasonCode;
  readonly message: string;
  /** Whether it alone keeps the model from loading. */
  readonly blocks: boolean;
}

/** Whether mlx-lm loads a model. */
export interface LoadVerdict {
  readonly verdict: "yes" | "no" | "unknown";
  readonly reasons: readonly LoadReason[];
}

/** Whether mlx-lm would load the model, by what its release (`support`; default: the one this package knows) can do. */
export function loadVerdict(
  description: ModelDescription,
  support: MlxLmSupport = MLX_LM_TABLE,
): LoadVerdict {
  const reasons: LoadReason[] = [];
  const { modelType, module, weightFiles, missingFiles } = description;
  const add = (code: LoadReasonCode, message: string, blocks: boolean): void => {
    reasons.push({ code, message, blocks });
  };
  if (modelType === null) add("no-model-type", "config.json names no model_type", true);
  else if (module === null) {
    add(
      "unknown-architecture",
      `mlx-lm ${support.mlxLmVersion} has no module for ${modelType}`,
      true,
    );
  } else {
    add(
      "known-architecture",
      `mlx-lm ${support.mlxLmVersion} runs ${modelType} with ${module}`,
      false,
    );
  }
  if (description.evidence["weightFiles"] && weightFiles.length === 0) {
    add("no-weights", "no model*.safetensors at the top of the repo", true);
  }
  if (missingFiles.length > 0) {
    add("missing-files", `the index names files that are not there: ${missingFiles[0]}`, true);
  }
  return { verdict: reasons.some(({ blocks }) => blocks) ? "no" : "yes", reasons };
}
