import { CliError } from "./failure/cli-error.ts";
import type { Shell } from "./shell.ts";

/**
 * Asks a person for a yes on standard error. Throws `cli/confirmation-needed` where nobody can answer, so that nothing
 * is deleted by a script that did not say `--yes`.
 */
export async function confirm(question: string, shell: Shell): Promise<boolean> {
  const { stdin, stderr } = shell;
  if (!stdin.isTTY || !stderr.isTTY)
    throw new CliError("nobody is here to confirm the deletion", "cli/confirmation-needed", {
      hint: "Add --yes when you are sure.",
    });
  const { createInterface } = await import("node:readline/promises");
  const prompt = createInterface({ input: stdin, output: stderr });
  // readline takes Ctrl-C for itself.
  prompt.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answer = await prompt.question(`${question} [y/N] `, { signal: shell.interrupt.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
