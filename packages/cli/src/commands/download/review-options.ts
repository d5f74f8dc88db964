import type { ReviewOptions } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { installedMlx } from "../choose/installed-mlx.ts";
import { machineOf, readTokens } from "../choose/judge-model.ts";

/**
 * The reviews before a download, from the flags. People are told about large models; programs must
 * ask for it.
 */
export async function reviewOptions(flags: Flags, shell: Shell): Promise<ReviewOptions> {
  const { ctx, memory, chip, kvBits, prefillStep, batch, requireFit, trustRemoteCode } = flags;
  const forPeople = !flags.quiet && !flags.json && !flags.events;
  const imagined = memory !== undefined || chip !== undefined;
  // A review that the user did not ask for must not delay a download by the second that a Python
  // takes.
  const installed = requireFit || flags.dryRun ? await installedMlx(flags, shell) : undefined;
  return {
    review: flags.dryRun || (forPeople && "large"),
    requireFit,
    trust: flags.trust,
    fit: {
      ...(ctx !== undefined && { contextLength: readTokens(ctx) }),
      ...((imagined || installed) && { machine: await machineOf(flags, shell, installed) }),
      support: installed?.support,
      trustRemoteCode,
      kvBits,
      prefillStepSize: prefillStep,
      batch,
    },
  };
}
