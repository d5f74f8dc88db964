import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { quoteWord } from "../../command-line/quote.ts";
import { usage } from "../../command-line/usage.ts";
import type { Shell } from "../../shell/shell.ts";
import { hubCacheOf, isMlxModel, readTarget } from "./target.ts";
import { carryOut } from "./carry-out.ts";

async function fileChoice(flags: Flags): Promise<((path: string) => boolean) | undefined> {
  const { include, exclude } = flags;
  if (include.length === 0 && exclude.length === 0) return undefined;
  const { createSelector } = await import("@mlx-download/core");
  const select = createSelector({ include: include.length === 0 ? ["*"] : include, exclude });
  return (path) => select([{ path, size: 0 }]).length > 0;
}

/** `mlx-download cache rm`. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  if (operands.length === 0 && flags.where.length === 0)
    throw usage(
      "no model and no condition is given",
      "Name a model (mlx-download cache rm org/name) or give a condition (--where 'accessed>90d').",
    );
  const pattern = operands.find((word) => word.includes("*"));
  if (pattern !== undefined)
    throw usage(
      `${pattern} is a pattern, not a name`,
      `Write --where ${quoteWord(`name=${pattern}`)}, and --dry-run to see what it matches.`,
    );
  const condition = operands.find((word) => /^[a-z_]+\s*(?:[<>=]|!=)/i.test(word));
  if (condition !== undefined)
    throw usage(
      `${condition} is a condition, not a name`,
      `Write --where ${quoteWord(condition)}, and --dry-run to see what it matches.`,
    );
  const { CacheError, planRemoval } = await import("@mlx-download/cache");
  const targets = await Promise.all(operands.map((word) => readTarget(word, flags, shell)));
  const plan = await planRemoval(await hubCacheOf(flags, shell), targets, {
    where: flags.where,
    keepNewest: flags.keepNewest,
    files: await fileChoice(flags),
    isMlx: isMlxModel,
  });
  // A pinned revision is an error when it was named, and stays when only a condition matched it.
  const pinned = plan.kept.filter(({ reason }) => reason === "pinned");
  if (flags.where.length === 0 && pinned.length > 0) {
    const { repoId } = pinned[0] ?? { repoId: "" };
    throw new CacheError(`${repoId} is pinned, so nothing was removed`, "cache/pinned", {
      hint: `mlx-download cache pin lists the pins. mlx-download cache unpin ${repoId} removes one.`,
      data: { kept: pinned },
    });
  }
  const done = await carryOut(plan, { flags, shell });
  return done?.kept.some(({ reason }) => reason === "downloading" || reason === "loaded") ? 9 : 0;
}
