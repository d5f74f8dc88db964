import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { findOutdated, type OutdatedModel } from "./find-outdated.ts";

/** The exit code of `--exit-code` where something is outdated. */
const differs = 12;

/**
 * `mlx-download outdated`: the models of the cache that have a newer version on the Hub. Returns
 * the exit code.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { parseRepoRef } = await import("@mlx-download/core");
  const wanted = operands.map((ref) => parseRepoRef(ref).repoId);
  const { models, failed, compared } = await findOutdated(wanted, flags, shell);
  await writeResult(
    { models, failed },
    flags.quiet
      ? models.map(({ repoId }) => `${printable(repoId)}\n`).join("")
      : table(models, shell),
    { flags, shell },
  );
  if (!flags.json && !flags.events && !flags.quiet) {
    for (const { repoId, message } of failed) {
      shell.stderr.write(`${printable(repoId)} cannot be compared: ${printable(message)}\n`);
    }
    if (models.length === 0) {
      shell.stderr.write(
        compared === 0
          ? "No model in the cache to compare.\n"
          : `${formatCount(compared - failed.length, "model")} compared, none outdated.\n`,
      );
    }
  }
  return flags.exitCode && models.length > 0 ? differs : 0;
}

function table(models: readonly OutdatedModel[], { stdoutStyle }: Shell): string {
  if (models.length === 0) return "";
  return tableText(
    [
      { title: "MODEL" },
      { title: "HERE", lesser: true },
      { title: "UPSTREAM", lesser: true },
      { title: "CHANGED", lesser: true },
      { title: "WHAT" },
      { title: "TO FETCH", align: "right" },
      { title: "KEPT" },
    ],
    models.map((model) => [
      printable(model.revision === "main" ? model.repoId : `${model.repoId}@${model.revision}`),
      shortCommit(model.here),
      shortCommit(model.upstream),
      model.changedAt?.slice(0, 10) ?? "",
      model.changes === null ? "not known" : model.changes.join(", "),
      formatBytes(model.bytesToFetch),
      model.locked ? "locked" : model.pinned ? "pinned" : "",
    ]),
    stdoutStyle,
  );
}
