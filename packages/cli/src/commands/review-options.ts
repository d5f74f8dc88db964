import type { ReviewOptions, TrustPolicy } from "@mlx-download/core";
import type { Flags } from "../command-line/flags.ts";
import type { Shell } from "../shell.ts";
import { machineOf, readTokens } from "./judge-model.ts";

/** What a download looks at beforehand, as the flags say it: people are told of large models, programs where they ask. */
export async function reviewOptions(flags: Flags, shell: Shell): Promise<ReviewOptions> {
  const { ctx, memory, chip, kvBits, batch, requireFit } = flags;
  const forPeople = !flags.quiet && !flags.json && !flags.events;
  const imagined = memory !== undefined || chip !== undefined;
  return {
    review: flags.dryRun || (forPeople && "large"),
    requireFit,
    trust: flags.trust as TrustPolicy | undefined,
    fit: {
      ...(ctx !== undefined && { contextLength: readTokens(ctx) }),
      ...(imagined && { machine: await machineOf(flags, shell) }),
      kvBits,
      batch,
    },
  };
}
