import { displayWidth, padEnd, padStart, wrapWords } from "../text/display-width.ts";
import { formatBytesOf, formatPercent, formatRate, formatWait } from "../text/format.ts";
import { paint, type Style } from "../text/style.ts";
import { renderBar } from "./bar.ts";
import { fetchShare, isVerifying, silence, type ViewState } from "./reduce.ts";

/** The inputs for drawing a frame. */
export interface ViewOptions extends Style {
  readonly columns: number;
  /** Terminal height. The frame is smaller, so that it can be redrawn. */
  readonly rows: number;
  /** Unix ms. */
  readonly now: number;
}

/** Columns of the labels before the lines of a frame. */
export const labelWidth = 11;

/** Percent and bytes: of hashing when only that remains, otherwise of fetching. */
function share(state: ViewState): { have: number; need: number; here: number; label: string } {
  const { have, need } = fetchShare(state);
  const bytes = state.progress?.bytes;
  if (state.phase === "publishing") return { have: need, need, here: 0, label: "Publishing" };
  if (isVerifying(state)) {
    const left = (state.progress?.active ?? []).reduce(
      (sum, file) => sum + Math.max(0, file.size - file.verified),
      0,
    );
    return { have: Math.max(0, need - left), need, here: 0, label: "Verifying" };
  }
  const here = bytes ? bytes.resumed + bytes.copied : have;
  return { have, need, here, label: "Fetching" };
}

/**
 * After this long without a byte no remaining time is shown. A slow line delivers some more often.
 */
const pauseMs = 2500;

function speedText(state: ViewState, label: string, now: number): string[] {
  const { progress } = state;
  if (!progress || label !== "Fetching") return [];
  const quiet = silence(state, now);
  if (quiet !== undefined) return [`no bytes for ${formatWait(quiet)}`];
  // A stalled download has no meaningful remaining time, whatever the speed of the last seconds.
  const waits =
    state.notices.some(({ kind }) => kind === "waiting") || now - (state.movedAt ?? now) >= pauseMs;
  const soon = progress.etaMs === null || progress.etaMs < 500;
  return [
    ...(progress.bytesPerSecond > 0 ? [formatRate(progress.bytesPerSecond)] : []),
    ...(soon || waits ? [] : [`${formatWait(progress.etaMs)} left`]),
  ];
}

/** The line of a whole download. Two lines when one would make the bar too short to read. */
export function totalLines(state: ViewState, options: ViewOptions): string[] {
  const { have, need, here, label } = share(state);
  const bar = (columns: number): string =>
    renderBar({ here, came: have - here, whole: need }, columns, options);
  const percent = padStart(formatPercent(have, need), 4);
  const head = paint(options, "label", padEnd(label, labelWidth - 1)) + percent;
  const headWidth = labelWidth - 1 + displayWidth(percent);
  const detail = [formatBytesOf(have, need), ...speedText(state, label, options.now)].join("  ");
  const room = options.columns - 1 - headWidth - 1;
  const oneLine = room - 2 - Math.max(38, displayWidth(detail));
  if (oneLine >= 12) return [`${head} ${bar(Math.min(40, oneLine))}  ${detail}`];
  const indent = options.columns >= 60 ? labelWidth : 0;
  return [
    `${head} ${bar(Math.max(1, Math.min(40, room)))}`,
    ...wrapWords(detail, options.columns - 1 - indent).map((line) => " ".repeat(indent) + line),
  ];
}
