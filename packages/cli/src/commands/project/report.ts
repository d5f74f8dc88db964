import type { FailedModel, InstalledModel, InstallReport } from "@mlx-download/project";
import type { Flags } from "../../command-line/flags.ts";
import { CliError } from "../../failure/cli-error.ts";
import { describeFailure, type Failure, failureJson } from "../../failure/describe-failure.ts";
import { reportFailure } from "../../shell/report-failure.ts";
import { say } from "../../shell/say.ts";
import { textOf, writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { paint } from "../../text/style.ts";

/** The exit code of damaged or other bytes than those of the lock. */
const integrity = 7;
const someFailed = 11;

/** A model that failed, and its failure in words. */
interface Told {
  readonly model: FailedModel;
  readonly failure: Failure;
}

/** Facts beside the models of a report. */
export interface ReportExtras {
  /** Further fields of the JSON. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Lines for people, after those of the models. */
  readonly lines?: readonly string[];
}

/**
 * Writes which models of a project are here now, and which are not. The failure of the only model is thrown. Returns the
 * exit code: that of damaged bytes first, that of all failures where they are alike, otherwise 11.
 */
export async function reportModels(
  { models, failed }: InstallReport,
  { fields = {}, lines = [] }: ReportExtras,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<number> {
  const told = failed.map((model): Told => {
    const secrets = [flags.token, shell.env["HF_TOKEN"]];
    return { model, failure: describeFailure(model.error, { secrets }) };
  });
  const required = told.filter(({ model }) => !model.optional);
  const [only] = required;
  if (only !== undefined && models.length === 0 && told.length === 1) throw only.model.error;
  const body = {
    models: models.map(modelJson),
    failed: told.map(({ model: { alias, repoId, optional }, failure }) => ({
      alias,
      repoId,
      optional,
      error: failureJson(failure),
    })),
    ...fields,
  };
  const code = reportFailures(told, models.length, { flags, shell });
  tell(models, lines, { flags, shell });
  if (required.length > 0 && flags.events) {
    const names = required.map(({ model }) => model.alias).join(", ");
    const all = models.length + told.length;
    throw new CliError(`${required.length} of ${all} models failed: ${names}`, "cli/some-failed", {
      hint: "Each of them says its own next step in data.failed.",
      data: body,
    });
  }
  await writeResult(body, textOf(models.map(({ path }) => path)), { flags, shell });
  return code;
}

/** Writes each failure for people, and returns the exit code of all. */
export function reportFailures(
  told: readonly Told[],
  succeeded: number,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): number {
  const { stderr, stderrStyle } = shell;
  for (const { model, failure } of told) {
    const label = model.optional ? "Left out, as it is optional" : "Failed";
    if (flags.quiet && model.optional) continue;
    const tone = model.optional ? "label" : "bad";
    stderr.write(`${paint(stderrStyle, tone, `${label}:`)} ${printable(model.alias)}\n`);
    reportFailure(failure, flags, shell);
  }
  return exitCode(
    told.filter(({ model }) => !model.optional),
    succeeded,
  );
}

function exitCode(failed: readonly Told[], succeeded: number): number {
  const codes = new Set(failed.map(({ failure }) => failure.exitCode));
  const [first] = codes;
  if (first === undefined) return 0;
  if (codes.has(integrity)) return integrity;
  return codes.size === 1 && succeeded === 0 ? first : someFailed;
}

function modelJson(model: InstalledModel): Record<string, unknown> {
  const { alias, repoId, revision, commit, path, fromCache, bytes } = model;
  return { alias, repoId, revision, commit, path, fromCache, bytes };
}

function tell(
  models: readonly InstalledModel[],
  lines: readonly string[],
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): void {
  const { stderrStyle } = shell;
  if (flags.quiet || flags.json || flags.events) return;
  for (const { alias, repoId, commit, bytes } of models) {
    const arrow = stderrStyle.unicode ? "→" : "->";
    const place = `${repoId} @ ${shortCommit(commit)}, ${formatBytes(bytes.total)}`;
    const mark = paint(stderrStyle, "strong", alias);
    say(` ${arrow} ${place}`, shell, { mark, width: alias.length });
  }
  for (const line of lines) say(line, shell);
}
