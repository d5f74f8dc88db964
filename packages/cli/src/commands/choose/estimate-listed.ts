import type { ListedModel } from "@mlx-download/core";
import type { Machine } from "@mlx-download/fit";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes } from "../../text/format.ts";
import type { Column } from "../../text/table.ts";
import { machineOf } from "./judge-model.ts";
import { machineText } from "./model-card.ts";

/** The estimates that `list --fits` and `--quant` add to a listing, all from names and counts. */
export interface ListEstimator {
  readonly where: (model: ListedModel) => boolean;
  /** Does it need the counts of tensors? */
  readonly counts: boolean;
  readonly columns: readonly Column[];
  cells(model: ListedModel): readonly string[];
  /** Fields beside the entry's own. */
  json(model: ListedModel): object;
  /** Said below the table. */
  readonly note: string | undefined;
  /** Said when nothing is left. */
  readonly none: string;
}

/** An estimator where the flags ask for one. */
export async function createEstimator(
  flags: Flags,
  shell: Shell,
): Promise<ListEstimator | undefined> {
  const { fits, quant, memory, chip } = flags;
  // A flag that describes another Mac asks for the models that fit it.
  const wantsFit = fits || memory !== undefined || chip !== undefined;
  if (!wantsFit && quant === undefined) return undefined;
  const fit = await import("@mlx-download/fit");
  const machine = wantsFit ? await machineOf(flags, shell) : undefined;
  const judge = (model: ListedModel): ReturnType<typeof judged> => judged(fit, model, machine);
  return {
    where(model) {
      if (quant !== undefined && !fit.matchesQuantization(model.repoId, quant)) return false;
      const verdict = wantsFit ? judge(model)?.verdict : "yes";
      return verdict === "yes" || verdict === "tight";
    },
    counts: wantsFit,
    columns: wantsFit ? [{ title: "ABOUT", align: "right" }, { title: "FITS" }] : [],
    cells(model) {
      const estimate = wantsFit ? judge(model) : undefined;
      return estimate === undefined
        ? []
        : [`${estimate.atMost ? "≤ " : ""}${formatBytes(estimate.weightsBytes)}`, estimate.verdict];
    },
    json(model) {
      return wantsFit ? { estimate: judge(model) } : {};
    },
    note:
      machine &&
      `Sizes are estimates, and models of unknown size left out; mlx-download info says it exactly. ${machineText(machine)}`,
    none: wantsFit
      ? "No model whose size is known fits; mlx-download list shows all."
      : "No model matches.",
  };
}

function judged(
  fit: typeof import("@mlx-download/fit"),
  model: ListedModel,
  machine: Machine | undefined,
):
  | {
      readonly weightsBytes: number;
      readonly source: string;
      readonly atMost: boolean;
      readonly verdict: "yes" | "tight" | "no";
    }
  | undefined {
  const estimate = fit.estimateWeights(model);
  if (estimate === undefined || machine === undefined) return undefined;
  const verdict = fit.estimateFit(estimate, machine.wiredLimitBytes);
  const { bytes: weightsBytes, source, atMost } = estimate;
  return { weightsBytes, source, atMost, verdict };
}
