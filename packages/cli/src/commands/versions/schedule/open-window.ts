import type { Flags } from "../../../command-line/flags.ts";
import { CliError } from "../../../failure/cli-error.ts";
import type { Shell } from "../../../shell/shell.ts";
import { noteTo } from "../../catalogue/open.ts";
import { isOnPower } from "./on-power.ts";
import { msLeft, parseWindow, windowText } from "./window.ts";

/**
 * Whether an update may run now: in the span, and on mains power unless `--on-battery` was given. If
 * so, the command is stopped like by SIGTERM when the span ends. Throws `cli/usage`.
 */
export async function openWindow(
  span: string,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<boolean> {
  const window = parseWindow(span);
  const note = noteTo(flags, shell);
  const ms = msLeft(window, new Date());
  if (ms === undefined) {
    note(`Nothing is updated: it is not between ${windowText(window).replace("-", " and ")}.`);
    return false;
  }
  if (!flags.onBattery && !(await isOnPower())) {
    note("Nothing is updated: this machine runs on its battery.");
    return false;
  }
  setTimeout(() => {
    shell.interrupt.abort(
      new CliError(`The time for updates is over (${windowText(window)}).`, "cli/terminated", {
        hint: "The next update in this span resumes.",
      }),
    );
    shell.interrupt.onStop?.();
  }, ms).unref();
  return true;
}
