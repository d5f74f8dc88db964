import type { WriteStream } from "node:tty";
import type { DownloadEvent } from "@mlx-download/core";
import type { Style } from "../text/style.ts";
import { createFrame } from "./frame.ts";
import type { ProgressDisplay } from "./progress-display.ts";
import { initialState, reduce, type ViewState } from "./reduce.ts";
import { severalView } from "./several-view.ts";
import type { ViewOptions } from "./total-lines.ts";
import { view } from "./view.ts";

/** The state that events change and a terminal shows. */
interface Picture {
  take(event: DownloadEvent): void;
  /** Nothing more follows: the next lines are the final ones in the scrollback. */
  end(done: boolean): void;
  /** Lines narrower than the terminal, together lower than it until the end. */
  lines(options: ViewOptions): readonly string[];
}

const frameMs = 100;
/** Waiting times in the frame count up even when no event comes. */
const tickMs = 500;

/** How long a stopped process takes to notice that it continues, in ms. */
const wakeMs = 50;

/** One download. */
function pictureOf(repoId: string): Picture {
  let state = initialState(repoId);
  return {
    take(event) {
      state = reduce(state, event);
    },
    end(done) {
      if (state.phase === "done") return;
      state = { ...state, phase: done ? "done" : "stopped", notices: [] };
    },
    lines: (options) => view(state, options),
  };
}

/** Several downloads that run at once, in the order of their first events. */
function pictureOfSeveral(): Picture {
  const states = new Map<string, ViewState>();
  let ended = false;
  return {
    take(event) {
      states.set(
        event.repoId,
        reduce(states.get(event.repoId) ?? initialState(event.repoId), event),
      );
    },
    end() {
      ended = true;
    },
    lines: (options) => severalView([...states.values()], options, ended),
  };
}

/** Draws one download, or several at once, in place on a terminal, at most ten times a second. */
export function createTerminalDisplay(
  repoIds: string | readonly string[],
  stream: WriteStream,
  style: Style,
): ProgressDisplay {
  const picture = typeof repoIds === "string" ? pictureOf(repoIds) : pictureOfSeveral();
  const frame = createFrame(stream);
  let pending: NodeJS.Timeout | undefined;
  let finished = false;

  const lines = (): readonly string[] => {
    const columns = Math.max(20, stream.columns || 80);
    const rows = Math.max(4, stream.rows || 24);
    return picture.lines({ ...style, columns, rows, now: Date.now() });
  };
  const schedule = (): void => {
    pending ??= setTimeout(() => {
      pending = undefined;
      frame.draw(lines());
    }, frameMs);
  };
  // Ctrl-Z: restores the cursor for the shell. On return a new frame starts below the shell's
  // output. The signal itself stops the process, since only the system knows whether the process
  // can be continued.
  const suspend = (): void => {
    frame.leave();
    clearTimeout(pending);
    pending = setTimeout(() => {
      process.once("SIGTSTP", suspend);
      pending = undefined;
      schedule();
    }, wakeMs);
    process.kill(process.pid, "SIGTSTP");
  };

  const ticker = setInterval(schedule, tickMs);
  ticker.unref();
  stream.on("resize", schedule);
  process.on("exit", frame.leave);
  process.once("SIGTSTP", suspend);

  return {
    onEvent(event: DownloadEvent) {
      if (finished) return;
      picture.take(event);
      schedule();
    },
    note(text) {
      if (finished) stream.write(`${text}\n`);
      else frame.draw(lines(), text.split("\n"));
    },
    finish(done = false) {
      if (finished) return;
      finished = true;
      clearTimeout(pending);
      clearInterval(ticker);
      stream.off("resize", schedule);
      process.off("SIGTSTP", suspend);
      process.off("exit", frame.leave);
      picture.end(done);
      frame.draw(lines());
      frame.leave();
    },
  };
}
