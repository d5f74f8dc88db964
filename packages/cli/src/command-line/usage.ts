import { CliError } from "../failure/cli-error.ts";

/** The error for a command line that cannot be meant, with a guess at what was. */
export function usage(message: string, hint: string): CliError {
  return new CliError(message, "cli/usage", { hint });
}
