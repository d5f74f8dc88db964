import { sentences } from "@mlx-download/core";
import type { CopyOptions } from "@mlx-download/cache";
import type { Flags } from "../../command-line/flags.ts";
import { sameCommand } from "../../command-line/quote.ts";
import { CliError } from "../../failure/cli-error.ts";
import { writeEvent } from "../../shell/output.ts";
import { createAmountDisplay } from "../../progress/amount-display.ts";
import type { Shell } from "../../shell/shell.ts";

/** The signal and the listeners for a command that copies. */
interface Context {
  readonly flags: Flags;
  readonly shell: Shell;
  /** One sentence that tells the user where the model is after an interruption. */
  readonly stopped: () => string;
  /** Whether a second run resumes the copy. Default: it starts over. */
  readonly goesOn?: boolean | undefined;
}

/**
 * Runs a copy and shows its progress. Ctrl-C stops it, keeps the copied files, and names the
 * command that resumes it.
 */
export async function copying<T>(
  work: (options: CopyOptions) => Promise<T>,
  { flags, shell, stopped, goesOn = false }: Context,
): Promise<T> {
  const { signal } = shell.interrupt;
  const display = createAmountDisplay(flags, shell);
  try {
    return await work({
      signal,
      onEvent(event) {
        display.onEvent(event);
        if (flags.events) writeEvent(event, shell.stdout);
      },
    });
  } catch (error) {
    const { reason } = signal as { readonly reason: unknown };
    if (!(reason instanceof CliError)) throw error;
    throw new CliError(sentences(reason.message, stopped()), reason.code, {
      hint: `${goesOn ? "Go on with" : "Run it again"}: ${sameCommand(shell.argv)}`,
    });
  } finally {
    display.finish();
  }
}
