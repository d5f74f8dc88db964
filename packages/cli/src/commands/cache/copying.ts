import type { CopyOptions } from "@mlx-download/cache";
import type { Flags } from "../../command-line/flags.ts";
import { sameCommand } from "../../command-line/quote.ts";
import { CliError } from "../../failure/cli-error.ts";
import { writeEvent } from "../../shell/output.ts";
import { createAmountDisplay } from "../../progress/amount-display.ts";
import type { Shell } from "../../shell/shell.ts";

/** What a command that copies runs with. */
interface Context {
  readonly flags: Flags;
  readonly shell: Shell;
  /** One sentence for whoever stops it: what is where then. */
  readonly stopped: () => string;
  /** Whether a second run goes on from what is copied; default: it begins anew. */
  readonly goesOn?: boolean | undefined;
}

/** Runs what copies and says how far it is; Ctrl-C ends it with what is kept and the command that goes on. */
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
    throw new CliError(`${reason.message} ${stopped()}`, reason.code, {
      hint: `${goesOn ? "Go on with" : "Run it again"}: ${sameCommand(shell.argv)}`,
    });
  } finally {
    display.finish();
  }
}
