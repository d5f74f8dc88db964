import type { Flags } from "../../command-line/flags.ts";
import { CliError } from "../../failure/cli-error.ts";
import { describeFailure, failureJson } from "../../failure/describe-failure.ts";
import { reportFailure } from "../../shell/report-failure.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";

/** One of several that failed. */
export interface FailedOne {
  readonly ref: string;
  readonly error: unknown;
}

/**
 * Ends a command that worked on several models: each failure by name, then the results of all. The
 * failure of the only one is thrown. Returns the exit code: 11 when some failed, that of the
 * failures when all failed alike.
 */
export async function endOfSeveral(
  {
    results,
    failed,
    further = {},
  }: {
    readonly results: readonly Record<string, unknown>[];
    readonly failed: readonly FailedOne[];
    readonly further?: Readonly<Record<string, unknown>>;
  },
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<number> {
  const [only] = failed;
  if (only !== undefined && failed.length === 1 && results.length === 0) throw only.error;
  const failures = failed.map(({ ref, error }) => ({
    ref,
    failure: describeFailure(error, { secrets: [shell.env["HF_TOKEN"]] }),
  }));
  for (const { failure } of failures) reportFailure(failure, flags, shell);
  const all = [
    ...results,
    ...failures.map(({ ref, failure }) => ({ ref, error: failureJson(failure) })),
  ];
  if (failures.length > 0 && flags.events) {
    throw new CliError(
      `${failures.length} of ${all.length} failed: ${failures.map(({ ref }) => ref).join(", ")}`,
      "cli/some-failed",
      { hint: "Each of them says its own next step in data.results.", data: { results: all } },
    );
  }
  await writeResult({ results: all, ...further }, "", { flags, shell });
  if (failures.length === 0) return 0;
  const codes = new Set(failures.map(({ failure }) => failure.exitCode));
  const [code] = codes;
  return results.length === 0 && codes.size === 1 && code !== undefined ? code : 11;
}
