import type { RemovalPlan, RemovalResult } from "@mlx-download/cache";
import type { Flags } from "../../command-line/flags.ts";
import { confirm } from "../../shell/ask.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { keptLines, removalTable, viewLines } from "./removal-text.ts";

/** The JSON of a removal, the same for a plan and for its result. */
function removalJson(
  plan: RemovalPlan,
  done: Pick<RemovalResult, "removed" | "kept" | "freedBytes"> | undefined,
): Record<string, unknown> {
  const repos = plan.repos.map((repo) => ({
    repoId: repo.repoId,
    repoType: repo.repoType,
    whole: repo.whole,
    elsewhere: repo.elsewhere,
    commits: repo.revisions.map(({ commit }) => commit),
    files: repo.files,
    leftovers: repo.leftovers.length,
    freedBytes: repo.freedBytes,
    heldBytes: repo.heldBytes,
    views: repo.views,
  }));
  return {
    cacheDir: plan.cacheDir,
    dryRun: done === undefined,
    freedBytes: (done ?? plan).freedBytes,
    ...(done === undefined ? { planned: repos } : { removed: done.removed }),
    kept: (done ?? plan).kept,
  };
}

/**
 * Shows a plan, asks for confirmation unless `--yes` was given, carries it out and reports. Further
 * facts of the plan go into the JSON. Throws `cli/confirmation-needed` without an interactive
 * terminal.
 */
export async function carryOut(
  plan: RemovalPlan,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
  further: Readonly<Record<string, unknown>> = {},
): Promise<RemovalResult | undefined> {
  const say = (lines: readonly string[]): void => {
    if (!flags.quiet && lines.length > 0) shell.stderr.write(`${lines.join("\n")}\n`);
  };
  const write = async (done: RemovalResult | undefined): Promise<void> => {
    await writeResult({ ...removalJson(plan, done), ...further }, "", { flags, shell });
  };
  const idle = plan.repos.length === 0 && plan.payloads.length === 0;
  say(removalTable(plan, shell));
  const shared = plan.payloads.reduce((sum, { size }) => sum + size, 0);
  if (shared > 0) say([`  ${formatBytes(shared)} of the shared store that no other repo needs`]);
  say([...keptLines(plan.kept), ...viewLines(plan)]);
  if (idle) {
    say(["Nothing to remove."]);
    const nothing: RemovalResult = { removed: [], kept: plan.kept, freedBytes: 0 };
    await write(flags.dryRun ? undefined : nothing);
    return flags.dryRun ? undefined : nothing;
  }
  if (flags.dryRun) {
    say([`Would free ${formatBytes(plan.freedBytes)} in ${plan.cacheDir}; nothing was removed.`]);
    await write(undefined);
    return undefined;
  }
  const question = `Remove this (${formatBytes(plan.freedBytes)}) from ${plan.cacheDir}?`;
  if (!flags.yes && !(await confirm(question, shell))) {
    say(["Nothing was removed."]);
    await write({ removed: [], kept: plan.kept, freedBytes: 0 });
    return undefined;
  }
  const { applyRemoval } = await import("@mlx-download/cache");
  const done = await applyRemoval(plan, { signal: shell.interrupt.signal });
  say([
    ...keptLines(done.kept.slice(plan.kept.length)),
    `Removed from ${formatCount(done.removed.length, "repo")}, ${formatBytes(done.freedBytes)} freed.`,
  ]);
  await write(done);
  return done;
}
