import { CliError } from "../failure/cli-error.ts";

/** The error for an invalid command line, with a suggestion. */
export function usage(message: string, hint: string): CliError {
  return new CliError(message, "cli/usage", { hint });
}
