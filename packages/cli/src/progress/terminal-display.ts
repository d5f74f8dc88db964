import type { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import type { DownloadEvent } from "@mlx-download/core";
import { displayWidth } from "../text/display-width.ts";
import type { Style } from "../text/style.ts";
import type { ProgressDisplay } from "./progress-display.ts";
import type { Picture } from "./picture.ts";
import { initialState, reduce, type ViewState } from "./reduce.ts";
import { severalView } from "./several-view.ts";
import { view } from "./view.ts";

const frameMs = 100;
/** Waiting times in the frame count up even when no event comes. */
const tickMs = 500;

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
/** Terminals that know synchronized output show a frame at once; the others ignore it. */
const beginFrame = "\u001b[?2026h";
const endFrame = "\u001b[?2026l";
const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";

/** The terminal rows that lines take after the terminal was made `columns` wide. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce(
    (sum, line) =>
      sum + Math.max(1, Math.ceil(displayWidth(stripVTControlCharacters(line)) / columns)),
    0,
  );
}

/** One download. */
function pictureOf(repoId: string): Picture {
  let state = initialState(repoId);
  return {
    take(event) {
      state = reduce(state, event);
    },
    end() {
      if (state.phase !== "done") state = { ...state, phase: "stopped", notices: [] };
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

/** Draws one download, or several at once, on a terminal, over itself, at most ten times a second. */
export function createTerminalDisplay(
  repoIds: string | readonly string[],
  stream: WriteStream,
  style: Style,
): ProgressDisplay {
  const picture = typeof repoIds === "string" ? pictureOf(repoIds) : pictureOfSeveral();
  let painted: readonly string[] = [];
  let pending: NodeJS.Timeout | undefined;
  let finished = false;

  const size = (): { columns: number; rows: number } => ({
    columns: Math.max(20, stream.columns || 80),
    rows: Math.max(4, stream.rows || 24),
  });

  const paintFrame = (above: readonly string[] = []): void => {
    const { columns, rows } = size();
    const lines = picture.lines({ ...style, columns, rows, now: Date.now() });
    const unchanged =
      above.length === 0 &&
      lines.length === painted.length &&
      lines.every((line, at) => line === painted[at]);
    if (unchanged) return;
    const up = rowsOf(painted, columns);
    const text = [...above, ...lines].map((line) => `${line}${clearLine}\n`).join("");
    stream.write(
      `${beginFrame}${hideCursor}${up > 0 ? `\u001b[${up}A\r` : ""}${text}${clearBelow}${endFrame}`,
    );
    painted = lines;
  };

  const schedule = (): void => {
    pending ??= setTimeout(() => {
      pending = undefined;
      paintFrame();
    }, frameMs);
  };

  const ticker = setInterval(schedule, tickMs);
  ticker.unref();
  const restore = (): void => {
    stream.write(showCursor);
  };
  stream.on("resize", schedule);
  process.on("exit", restore);

  return {
    onEvent(event: DownloadEvent) {
      if (finished) return;
      picture.take(event);
      schedule();
    },
    note(text) {
      if (finished) stream.write(`${text}\n`);
      else paintFrame(text.split("\n"));
    },
    finish() {
      if (finished) return;
      finished = true;
      clearTimeout(pending);
      clearInterval(ticker);
      stream.off("resize", schedule);
      picture.end();
      paintFrame();
      restore();
      process.off("exit", restore);
    },
  };
}
