import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { staysLocked } from "../versions/locked-commits.ts";
import { hubCacheOf, isMlxModel, readGrace } from "./target.ts";
import { carryOut } from "./carry-out.ts";

/** `mlx-download cache prune`. */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { planPrune } = await import("@mlx-download/cache");
  const plan = await planPrune(await hubCacheOf(flags, shell), {
    where: flags.where,
    keepNewest: flags.keepNewest,
    graceMs: readGrace(flags),
    isMlx: isMlxModel,
    stays: await staysLocked(shell),
  });
  await carryOut(plan, { flags, shell });
  return 0;
}
