import { ask } from "./ask.ts";
import { CliError } from "../failure/cli-error.ts";
import { isInteractive } from "./interactive.ts";
import type { Shell } from "./shell.ts";

/**
 * Asks a person for a yes. Throws `cli/confirmation-needed` where nobody can answer, so that nothing is deleted by a
 * script that did not say `--yes`.
 */
export async function confirm(question: string, shell: Shell): Promise<boolean> {
  if (!isInteractive(shell))
    throw new CliError("nobody is here to confirm the deletion", "cli/confirmation-needed", {
      hint: "Add --yes when you are sure.",
    });
  const answer = await ask(`${question} [y/N] `, shell);
  return /^y(es)?$/i.test(answer.trim());
}
