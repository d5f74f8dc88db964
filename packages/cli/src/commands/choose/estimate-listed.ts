import type { ListedModel, ModelFacts } from "@mlx-download/core";
import type { Machine } from "@mlx-download/fit";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes } from "../../text/format.ts";
import type { Column } from "../../text/table.ts";
import { openFacts } from "./facts-file.ts";
import { machineOf } from "./judge-model.ts";
import { machineText } from "./model-card.ts";

/** The estimates that `list --fits` and `--quant` add to a listing, from names and counts, and from the models' own files where a command read them before. */
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
  const facts = wantsFit ? await openFacts(shell.env) : undefined;
  const judge = (model: ListedModel): ReturnType<typeof judged> =>
    (machine && facts && remembered(fit, model, { machine, facts })) ?? judged(fit, model, machine);
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
      `Sizes are estimates but for models that were read before, and models of unknown size left out; mlx-download info says it exactly. ${machineText(machine)}`,
    none: wantsFit
      ? "No model whose size is known fits; mlx-download list shows all."
      : "No model matches.",
  };
}

interface Estimate {
  readonly weightsBytes: number;
  /** Whether the model's own files stand behind it, a count of its tensors, or its name. */
  readonly source: "files" | "counts" | "name";
  readonly atMost: boolean;
  readonly verdict: "yes" | "tight" | "no";
}

/** By the model's own files, where an earlier command read those of this commit. */
function remembered(
  fit: typeof import("@mlx-download/fit"),
  { repoId, commit }: ListedModel,
  { machine, facts }: { readonly machine: Machine; readonly facts: ModelFacts },
): Estimate | undefined {
  const known = commit === undefined ? undefined : facts.read(repoId, commit);
  if (known?.by !== fit.DESCRIBED_BY) return undefined;
  const { description } = known;
  const contextLength = Math.min(usualContext, description.contextLength ?? usualContext);
  const { wiredLimitBytes } = machine;
  const { verdict } = fit.fitModel(description, wiredLimitBytes, { machine, contextLength });
  const { weightsBytes } = description;
  return verdict === "unknown" || weightsBytes === null
    ? undefined
    : { weightsBytes, source: "files", atMost: false, verdict };
}

const usualContext = 8192;

function judged(
  fit: typeof import("@mlx-download/fit"),
  model: ListedModel,
  machine: Machine | undefined,
): Estimate | undefined {
  const estimate = fit.estimateWeights(model);
  if (estimate === undefined || machine === undefined) return undefined;
  const verdict = fit.estimateFit(estimate, machine.wiredLimitBytes);
  const { bytes: weightsBytes, source, atMost } = estimate;
  return { weightsBytes, source, atMost, verdict };
}
