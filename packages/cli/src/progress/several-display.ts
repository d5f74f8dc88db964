import { printable } from "../text/printable.ts";
import { createPlainDisplay } from "./plain-display.ts";
import type { ProgressDisplay } from "./progress-display.ts";

/** Writes several downloads that run at once as plain lines, each with its model's name before it. */
export function createSeveralDisplay(write: (text: string) => void): ProgressDisplay {
  const displays = new Map<string, ProgressDisplay>();
  const displayOf = (repoId: string): ProgressDisplay => {
    const known = displays.get(repoId);
    if (known !== undefined) return known;
    const fresh = createPlainDisplay(repoId, (text) => write(`[${printable(repoId)}] ${text}`));
    displays.set(repoId, fresh);
    return fresh;
  };
  return {
    onEvent: (event) => displayOf(event.repoId).onEvent(event),
    note: (text) => write(`${text}\n`),
    finish() {
      for (const display of displays.values()) display.finish();
    },
  };
}
