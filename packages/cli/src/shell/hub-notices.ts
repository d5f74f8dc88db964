import { sentences, type DownloadEventBody } from "@mlx-download/core";
import { commandHint } from "../failure/command-hint.ts";
import { printable } from "../text/printable.ts";
import type { Shell } from "./shell.ts";

/**
 * Writes messages about the Hub on standard error for a command without a display of its own:
 * waits, retries, and warnings with their next step. Nothing with `--quiet`.
 */
export function hubNotices(
  { quiet }: { readonly quiet: boolean },
  { stderr }: Pick<Shell, "stderr">,
): (event: DownloadEventBody) => void {
  return (event) => {
    if (quiet) return;
    if (event.type === "retry" || event.type === "waiting")
      stderr.write(`${printable(event.message)}\n`);
    if (event.type !== "warning") return;
    const text = sentences(event.message, event.hint && commandHint(event.hint));
    stderr.write(`Warning: ${printable(text)}\n`);
  };
}
