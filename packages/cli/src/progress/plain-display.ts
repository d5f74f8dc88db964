import type { DownloadEvent } from "@mlx-download/core";
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
