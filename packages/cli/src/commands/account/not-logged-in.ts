import { CliError } from "../../failure/cli-error.ts";

/** The error of a command that is about the account in use, where there is none. */
export function notLoggedIn(): CliError {
  return new CliError("not logged in", "cli/not-logged-in", {
    hint: "mlx-download login, or set HF_TOKEN.",
  });
}
