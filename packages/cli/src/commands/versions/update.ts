import type { DownloadOptions } from "@mlx-download/core";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { ask, isInteractive } from "../../shell/ask.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { readToken } from "../account/read-token.ts";
import { hubCacheOf, readTarget } from "../cache/target.ts";
import { noteTo } from "../catalogue/open.ts";
import { cacheLimit, makeRoom } from "../download/make-room.ts";
import { transferOptions } from "../download/transfer-options.ts";
import { watched } from "../download/watched.ts";
import { endOfSeveral, type FailedOne } from "./end-of-several.ts";
import { findUpdates, type OutdatedBranch } from "./find-updates.ts";
import { splitAliases, updateAliases } from "./update-aliases.ts";
import { branchName, updatesTable } from "./updates-table.ts";

/** Why an outdated model is not updated. */
type LeftReason = "pinned" | "locked" | "card-only" | "rolled-back";

const LEFT: Readonly<Record<LeftReason, string>> = {
  pinned: "its commit is pinned",
  locked: "the lock of the project holds its commit (update ALIAS moves it)",
  "card-only": "only its card changed (--all takes it)",
  "rolled-back": "it was rolled back from the Hub's version (update by name takes it)",
};

/**
 * `mlx-download update`: brings branches of the cache to the Hub's commits, one after the other.
 * The branch moves last, and the old snapshot stays. Returns the exit code.
 */
export async function run(invocation: Invocation, shell: Shell): Promise<number> {
  const { operands, flags } = invocation;
  if (flags.schedule !== undefined || flags.unschedule) {
    return await (await import("./schedule/schedule.ts")).run(invocation, shell);
  }
  if (!(await isTime(flags, shell))) {
    return await endOfSeveral({ results: [], failed: [], further: { left: [] } }, { flags, shell });
  }
  const { folder, aliases, refs } = await splitAliases(operands, flags);
  const options = await downloadOptions(flags, shell);
  const locked =
    aliases.length === 0
      ? { results: [], failed: [] }
      : await updateAliases({ folder, aliases }, options, { flags, shell });
  if (aliases.length > 0 && refs.length === 0) {
    return await endOfSeveral({ ...locked, further: { left: [] } }, { flags, shell });
  }
  const wanted = await Promise.all(refs.map((word) => readTarget(word, flags, shell)));
  const found = await findUpdates(wanted, flags, shell);
  const named = wanted.length > 0;
  const left = found.outdated.flatMap((branch) => {
    const reason = leftReason(branch, { named, all: flags.all });
    return reason === undefined ? [] : [{ branch, reason }];
  });
  const offered = found.outdated.filter((branch) => !left.some((one) => one.branch === branch));
  const note = noteTo(flags, shell);
  for (const { branch, reason } of left) {
    note(`${branchName(branch.update)} stays: ${LEFT[reason]}.`);
  }
  const failed: FailedOne[] = [
    ...locked.failed,
    ...found.failed.map(({ repoId, revision, error }) => ({
      ref: branchName({ repoId, revision }),
      error,
    })),
  ];
  const bytes = offered.reduce((sum, { update }) => sum + update.plan.bytes.expectedWire, 0);
  if (offered.length === 0 && failed.length === 0) {
    note(upToDate(found.compared, left.length));
  }
  const results: Record<string, unknown>[] = [...locked.results];
  if (flags.dryRun) {
    if (!flags.json && !flags.events) {
      await shell.stdout.write(updatesTable(offered, shell.stdoutStyle));
      if (offered.length > 0) {
        note(`${formatCount(offered.length, "update")}, ${formatBytes(bytes)} to fetch.`);
      }
    }
    results.push(
      ...offered.map((one) => resultJson(one, null, one.update.plan.bytes.expectedWire)),
    );
  } else if (await agrees(offered, bytes, { flags, shell })) {
    results.push(...(await updateAll(offered, { failed, options }, { flags, shell })));
  }
  return await endOfSeveral(
    {
      results,
      failed,
      further: {
        ...(flags.dryRun && { dryRun: true }),
        left: left.map(({ branch, reason }) => ({ ...aboutJson(branch), reason })),
      },
    },
    { flags, shell },
  );
}

/** Whether the update may run now. One that may ends with its span. */
async function isTime(flags: Flags, shell: Shell): Promise<boolean> {
  if (flags.within === undefined) return true;
  const { openWindow } = await import("./schedule/open-window.ts");
  return openWindow(flags.within, { flags, shell });
}

const upToDate = (compared: number, left: number): string =>
  compared === 0
    ? "No model in the cache to update."
    : `${formatCount(compared, "model")} compared, ${left === 0 ? "all up to date" : "nothing else to update"}.`;

/** Downloads and moves one branch after the other. A failure of one is noted, and the next follows. */
async function updateAll(
  offered: readonly OutdatedBranch[],
  { failed, options }: { readonly failed: FailedOne[]; readonly options: DownloadOptions },
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<readonly Record<string, unknown>[]> {
  const { applyUpdate } = await import("@mlx-download/core");
  const limit = cacheLimit(flags, shell.env);
  const results: Record<string, unknown>[] = [];
  for (const branch of offered) {
    const { update } = branch;
    try {
      if (limit !== undefined) await makeRoom([update.plan], limit, { flags, shell });
      const { path, bytes } = await watched([branchName(update)], { flags, shell }, (onEvent) =>
        applyUpdate(update, { ...options, onEvent }),
      );
      const { repoId, revision, to } = update;
      shell.record.version({ repoId, revision, commit: to, how: "update" });
      results.push(resultJson(branch, path, bytes.fetched));
      if (!flags.json && !flags.events) await shell.stdout.write(`${path}\n`);
    } catch (error) {
      shell.interrupt.signal.throwIfAborted();
      failed.push({ ref: branchName(update), error });
    }
  }
  return results;
}

async function downloadOptions(flags: Flags, shell: Shell): Promise<DownloadOptions> {
  return {
    cacheDir: await hubCacheOf(flags, shell),
    endpoint: flags.endpoint,
    ...transferOptions(flags),
    ...(await readToken(flags, shell)),
    signal: shell.interrupt.signal,
    env: shell.env,
  };
}

/** Shows the updates where somebody can answer, and asks. Without a terminal the command itself is the answer. */
async function agrees(
  offered: readonly OutdatedBranch[],
  bytes: number,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<boolean> {
  const asks = !flags.yes && !flags.quiet && !flags.json && !flags.events && isInteractive(shell);
  if (offered.length === 0 || !asks) return true;
  const { columns } = shell.stderr;
  shell.stderr.write(updatesTable(offered, { ...shell.stderrStyle, columns }));
  const models = formatCount(offered.length, "model");
  const answer = await ask(`Update ${models}, fetching ${formatBytes(bytes)}? [Y/n] `, shell);
  if (/^(?:y(?:es)?)?$/i.test(answer.trim())) return true;
  shell.stderr.write("Nothing was updated.\n");
  return false;
}

/** Why a branch is left as it is. A name on the command line asks for cards and for versions turned away. */
function leftReason(
  { update, commitPinned, locked }: OutdatedBranch,
  { named, all }: { readonly named: boolean; readonly all: boolean },
): LeftReason | undefined {
  if (commitPinned) return "pinned";
  if (locked) return "locked";
  if (update.turnedAway && !named) return "rolled-back";
  return update.cardOnly && !named && !all ? "card-only" : undefined;
}

function aboutJson({ update, changes }: OutdatedBranch): Record<string, unknown> {
  const { repoId, revision, from, to } = update;
  return { repoId, revision, from, to, changes };
}

const resultJson = (
  branch: OutdatedBranch,
  path: string | null,
  bytes: number,
): Record<string, unknown> => ({ ...aboutJson(branch), path, bytes });
