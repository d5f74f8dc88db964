import type { Invocation } from "../../command-line/command-spec.ts";
import { usage } from "../../command-line/usage.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes } from "../../text/format.ts";
import { staysLocked } from "../versions/locked-commits.ts";
import { hubCacheOf, isMlxModel } from "./target.ts";
import { carryOut } from "./carry-out.ts";

/**
 * `mlx-download cache evict`. Returns 10 when the revisions that must stay are larger than the
 * limit.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { maxSize } = flags;
  if (maxSize === undefined)
    throw usage("nothing says how large the cache may be", "Add --max-size 200GB, for example.");
  const { planEviction } = await import("@mlx-download/cache");
  const plan = await planEviction(await hubCacheOf(flags, shell), {
    maxBytes: maxSize,
    where: flags.where,
    keepNewest: flags.keepNewest,
    isMlx: isMlxModel,
    stays: await staysLocked(shell),
  });
  const { sizeOnDisk, maxBytes, excessBytes } = plan;
  if (!flags.quiet)
    shell.stderr.write(
      `The cache takes ${formatBytes(sizeOnDisk)}; ${formatBytes(maxBytes)} are allowed.\n`,
    );
  await carryOut(plan, { flags, shell }, { sizeOnDisk, maxBytes, excessBytes });
  if (excessBytes === 0) return 0;
  shell.stderr.write(
    `It stays ${formatBytes(excessBytes)} above the limit: the rest is pinned, new or in use.\n`,
  );
  return 10;
}
