import { Writable } from "node:stream";
import { CliError } from "../failure/cli-error.ts";
import type { Shell } from "./shell.ts";

/** Takes everything and shows nothing. */
function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** Asks the user on standard error and resolves with the typed line. `hidden` does not echo it. */
export async function ask(
  question: string,
  { stdin, stderr, interrupt }: Pick<Shell, "stdin" | "stderr" | "interrupt">,
  { hidden = false }: { readonly hidden?: boolean } = {},
): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const output = hidden ? nowhere() : stderr;
  const prompt = createInterface({ input: stdin, output, terminal: true });
  // In raw mode Ctrl-C is a character. The rest of the program waits for the signal.
  prompt.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  if (hidden) stderr.write(question);
  try {
    return await prompt.question(hidden ? "" : question, { signal: interrupt.signal });
  } finally {
    prompt.close();
    if (hidden || interrupt.signal.aborted) stderr.write("\n");
  }
}

/** Whether the user can be asked: both streams are terminals, and `--agent` was not given. */
export function isInteractive({
  stdin,
  stderr,
  agent,
}: Pick<Shell, "stdin" | "stderr" | "agent">): boolean {
  return stdin.isTTY && stderr.isTTY && !agent;
}

/**
 * Asks the user for a yes. Throws `cli/confirmation-needed` without an interactive terminal, so
 * that a script without `--yes` deletes nothing.
 */
export async function confirm(question: string, shell: Shell): Promise<boolean> {
  if (!isInteractive(shell))
    throw new CliError(
      "the deletion needs a confirmation, and there is no terminal to ask on",
      "cli/confirmation-needed",
      {
        hint: "Add --yes when you are sure.",
      },
    );
  const answer = await ask(`${question} [y/N] `, shell);
  return /^y(es)?$/i.test(answer.trim());
}
