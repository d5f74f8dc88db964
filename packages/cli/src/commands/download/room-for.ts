import type { DownloadOptions, DownloadPlan } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { cacheLimit, type Evicted, makeRoom } from "./make-room.ts";

/**
 * Makes room below the limit of the cache, where there is one. A model that cannot be planned needs
 * none: its download says why.
 */
export async function roomFor(
  operands: readonly string[],
  options: DownloadOptions,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<{ readonly evicted?: readonly Evicted[] }> {
  const limit = cacheLimit(flags, shell.env);
  if (limit === undefined) return {};
  const { planModel } = await import("@mlx-download/core");
  const plans: DownloadPlan[] = [];
  for (const ref of operands) {
    const quiet = { ...options, review: false, requireFit: false, trust: undefined } as const;
    const plan = await planModel(ref, quiet).catch(() => undefined);
    shell.interrupt.signal.throwIfAborted();
    if (plan !== undefined) plans.push(plan);
  }
  const evicted = await makeRoom(plans, limit, { flags, shell });
  return evicted.length === 0 ? {} : { evicted };
}
