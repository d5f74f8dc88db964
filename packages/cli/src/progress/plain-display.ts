import type { DownloadEvent } from "@mlx-download/core";
import { printable } from "../text/printable.ts";
import { beat, emptyLog, logEvent, type LogStep } from "./plain-log.ts";
import type { ProgressDisplay } from "./progress-display.ts";
import { initialState, reduce } from "./reduce.ts";

/** Writes the download as plain lines, for pipes, logs and dumb terminals. */
export function createPlainDisplay(repoId: string, write: (text: string) => void): ProgressDisplay {
  let state = initialState(repoId);
  let memory = emptyLog;
  let finished = false;

  const take = (step: LogStep): void => {
    memory = step.memory;
    for (const line of step.lines) write(`${line}\n`);
  };
  const timer = setInterval(() => take(beat(memory, state, Date.now())), 1000);
  timer.unref();

  return {
    onEvent(event: DownloadEvent) {
      if (finished) return;
      state = reduce(state, event);
      take(logEvent(memory, event, state));
    },
    note(text) {
      write(`${text}\n`);
    },
    finish() {
      finished = true;
      clearInterval(timer);
    },
  };
}

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
