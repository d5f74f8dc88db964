import type { InstallPlan } from "@mlx-download/project";
import type { Flags } from "../../command-line/flags.ts";
import { describeFailure, failureJson } from "../../failure/describe-failure.ts";
import { say } from "../../shell/say.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { reportFailures } from "./report.ts";

/** Writes what an installation would fetch. Returns the exit code that the installation would begin with. */
export async function reportPlan(
  { models, failed }: InstallPlan,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<number> {
  const [only] = failed;
  if (only !== undefined && !only.optional && models.length === 0 && failed.length === 1)
    throw only.error;
  const secrets = [flags.token, shell.env["HF_TOKEN"]];
  const told = failed.map((model) => ({
    model,
    failure: describeFailure(model.error, { secrets }),
  }));
  const body = {
    dryRun: true,
    models: models.map(({ alias, locked, plan }) => ({
      alias,
      locked,
      repoId: plan.repoId,
      revision: plan.revision,
      commit: plan.commit,
      files: plan.files.length,
      bytes: plan.bytes,
    })),
    failed: told.map(({ model: { alias, repoId, optional }, failure }) => ({
      alias,
      repoId,
      optional,
      error: failureJson(failure),
    })),
  };
  const code = reportFailures(told, models.length, { flags, shell });
  await writeResult(body, table(models, shell), { flags, shell });
  if (flags.quiet || flags.json || flags.events) return code;
  const fetched = models.reduce((sum, { plan }) => sum + plan.bytes.toFetch, 0);
  const anew = models.filter(({ locked }) => !locked).length;
  const toLock = anew === 0 ? "" : `, ${formatCount(anew, "model")} to be locked`;
  say(`Nothing was fetched. To fetch: ${formatBytes(fetched)}${toLock}.`, shell);
  return code;
}

function table(models: InstallPlan["models"], { stdoutStyle }: Shell): string {
  if (models.length === 0) return "";
  return tableText(
    [
      { title: "ALIAS" },
      { title: "MODEL" },
      { title: "COMMIT", lesser: true },
      { title: "SIZE", align: "right", lesser: true },
      { title: "TO FETCH", align: "right" },
      { title: "LOCK" },
    ],
    models.map(({ alias, locked, plan: { repoId, commit, bytes } }) => [
      printable(alias),
      printable(repoId),
      shortCommit(commit),
      formatBytes(bytes.total),
      formatBytes(bytes.toFetch),
      locked ? "locked" : "new",
    ]),
    stdoutStyle,
  );
}
