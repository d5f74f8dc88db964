import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatCount } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { readTarget } from "../cache/target.ts";
import { noteTo } from "../catalogue/open.ts";
import { branchName, updatesTable } from "./updates-table.ts";
import { findUpdates, type OutdatedBranch } from "./find-updates.ts";

/** The exit code of `--exit-code` where something is outdated. */
const differs = 12;

/**
 * `mlx-download outdated`: the models of the cache that have a newer version on the Hub. Those that
 * were rolled back from that version are left out, unless they are named. Returns the exit code.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const wanted = await Promise.all(operands.map((word) => readTarget(word, flags, shell)));
  const { outdated, failed, compared } = await findUpdates(wanted, flags, shell);
  const isOffered = ({ update }: OutdatedBranch): boolean =>
    !update.turnedAway || wanted.length > 0;
  const offered = outdated.filter(isOffered);
  const rolledBack = outdated.filter((one) => !isOffered(one));
  await writeResult(
    {
      models: offered.map(modelJson),
      rolledBack: rolledBack.map(({ update: { repoId, revision, from, to } }) => ({
        repoId,
        revision,
        here: from,
        upstream: to,
      })),
      failed: failed.map(({ repoId, revision, error: { code, message } }) => ({
        repoId,
        revision,
        code,
        message,
      })),
    },
    flags.quiet
      ? offered.map(({ update }) => `${printable(branchName(update))}\n`).join("")
      : updatesTable(offered, shell.stdoutStyle),
    { flags, shell },
  );
  if (!flags.json && !flags.events) {
    const note = noteTo(flags, shell);
    for (const { repoId, error } of failed) note(`${repoId} cannot be compared: ${error.message}`);
    for (const { update } of rolledBack) {
      note(
        `${branchName(update)} was rolled back from the Hub's version; update by name takes it again.`,
      );
    }
    if (offered.length === 0) {
      note(
        compared === 0
          ? "No model in the cache to compare."
          : `${formatCount(compared - failed.length, "model")} compared, none outdated.`,
      );
    }
  }
  return flags.exitCode && offered.length > 0 ? differs : 0;
}

function modelJson(one: OutdatedBranch): object {
  const { update, changedAt, changes, pinned, locked } = one;
  const { repoId, revision, from, to, plan, cardOnly, turnedAway } = update;
  return {
    repoId,
    revision,
    here: from,
    upstream: to,
    changedAt,
    changes,
    cardOnly,
    bytesToFetch: plan.bytes.expectedWire,
    pinned,
    locked,
    rolledBack: turnedAway,
  };
}
