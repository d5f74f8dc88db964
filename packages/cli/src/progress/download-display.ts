import type { Flags } from "../command-line/flags.ts";
import type { Shell } from "../shell/shell.ts";
import { createPlainDisplay, createSeveralDisplay } from "./plain-display.ts";
import { drawsFrames, isSilent, type ProgressDisplay, silentDisplay } from "./progress-display.ts";
import { createTerminalDisplay } from "./terminal-display.ts";

/**
 * The display for downloads of `refs` that run at once: frames where they can be drawn, otherwise
 * lines.
 */
export function createDownloadDisplay(
  refs: readonly string[],
  flags: Flags,
  shell: Shell,
): ProgressDisplay {
  if (isSilent(flags, shell)) return silentDisplay;
  const [ref = ""] = refs;
  if (drawsFrames(shell.stderr, shell.env))
    return createTerminalDisplay(refs.length > 1 ? refs : ref, shell.stderr, shell.stderrStyle);
  const write = (text: string): void => void shell.stderr.write(text);
  return refs.length > 1 ? createSeveralDisplay(write) : createPlainDisplay(ref, write);
}
