import type { ReviewOptions } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { installedMlx } from "../choose/installed-mlx.ts";
import { machineOf, readTokens } from "../choose/judge-model.ts";

/** What a download looks at beforehand, as the flags say it: people are told of large models, programs where they ask. */
export async function reviewOptions(flags: Flags, shell: Shell): Promise<ReviewOptions> {
  const { ctx, memory, chip, kvBits, prefillStep, batch, requireFit } = flags;
  const forPeople = !flags.quiet && !flags.json && !flags.events;
  const imagined = memory !== undefined || chip !== undefined;
  // A look that nobody asked for must not hold a download up by the second that a Python takes.
  const installed = requireFit || flags.dryRun ? await installedMlx(flags, shell) : undefined;
  return {
    review: flags.dryRun || (forPeople && "large"),
    requireFit,
    trust: flags.trust,
    fit: {
      ...(ctx !== undefined && { contextLength: readTokens(ctx) }),
      ...((imagined || installed) && { machine: await machineOf(flags, shell, installed) }),
      support: installed?.support,
      kvBits,
      prefillStepSize: prefillStep,
      batch,
    },
  };
}
