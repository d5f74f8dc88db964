import type { ActiveFile, PlanBytes, ProgressState } from "@mlx-download/core";
import {
  displayWidth,
  padEnd,
  padStart,
  truncateMiddle,
  wrapWords,
} from "../text/display-width.ts";
import { formatBytes, formatBytesOf, formatCount, formatPercent } from "../text/format.ts";
import { printable } from "../text/printable.ts";
import { paint } from "../text/style.ts";
import { renderBar } from "./bar.ts";
import { noticeText, stoppedText, summaryText } from "./headings.ts";
import { fetchShare, initialState, isVerifying, type ViewState } from "./reduce.ts";
import { totalLines, type ViewOptions } from "./total-lines.ts";

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

function sumPlans(plans: readonly PlanBytes[]): PlanBytes {
  return {
    total: sum(plans, ({ total }) => total),
    cached: sum(plans, ({ cached }) => cached),
    resumable: sum(plans, ({ resumable }) => resumable),
    copyable: sum(plans, ({ copyable }) => copyable),
    toFetch: sum(plans, ({ toFetch }) => toFetch),
    expectedWire: sum(plans, ({ expectedWire }) => expectedWire),
    diskFree: plans[0]?.diskFree ?? null,
  };
}

function sumProgress(all: readonly ProgressState[]): ProgressState {
  const bytes = (of: keyof ProgressState["bytes"]): number => sum(all, (state) => state.bytes[of]);
  const rate = sum(all, ({ bytesPerSecond }) => bytesPerSecond);
  const left =
    bytes("total") - bytes("cached") - bytes("resumed") - bytes("copied") - bytes("fetched");
  const known = all.every((state) => state.etaMs !== null);
  return {
    bytes: {
      total: bytes("total"),
      cached: bytes("cached"),
      resumed: bytes("resumed"),
      copied: bytes("copied"),
      fetched: bytes("fetched"),
      wire: bytes("wire"),
      verified: bytes("verified"),
    },
    files: {
      total: sum(all, ({ files }) => files.total),
      done: sum(all, ({ files }) => files.done),
    },
    bytesPerSecond: rate,
    etaMs: known && rate > 0 ? Math.round((Math.max(0, left) / rate) * 1000) : null,
    connections: sum(all, ({ connections }) => connections),
    active: all.flatMap((state): readonly ActiveFile[] => state.active),
  };
}

/**
 * The position of a download. For a finished one it comes from the result, not from the last
 * progress event.
 */
function progressOf({ progress, result }: ViewState): ProgressState | undefined {
  if (!progress || !result) return progress;
  const { total, cached, resumed, copied, fetched } = result.bytes;
  const bytes = { ...progress.bytes, total, cached, resumed, copied, fetched };
  const files = { ...progress.files, done: progress.files.total };
  return { ...progress, bytes, files, bytesPerSecond: 0, etaMs: 0, active: [] };
}

/**
 * All downloads as one: their sums, and no remaining time while one of them does not know its own
 * size.
 */
function sumStates(states: readonly ViewState[]): ViewState {
  const plans = states.flatMap(({ plan }) => plan ?? []);
  const moving = states.flatMap((state) => progressOf(state) ?? []);
  const progress = moving.length === 0 ? undefined : sumProgress(moving);
  const open = states.some(({ phase }) => phase === "resolving" || phase === "planning");
  return {
    ...initialState(""),
    phase: "fetching",
    plan:
      plans.length === 0
        ? undefined
        : {
            files: sum(plans, ({ files }) => files),
            bytes: sumPlans(plans.map(({ bytes }) => bytes)),
          },
    progress: progress && open ? { ...progress, etaMs: null } : progress,
    movedAt: states.reduce<number | undefined>(
      (last, { movedAt }) => (movedAt === undefined ? last : Math.max(last ?? 0, movedAt)),
      undefined,
    ),
    notices: states.flatMap(({ notices }) => notices),
  };
}

/** The activity of one of several downloads in a few words. */
function doing(state: ViewState, now: number): string {
  const notice = state.notices.at(-1);
  if (notice) return noticeText(notice, now);
  if (state.phase === "resolving" || state.phase === "planning") return state.phase;
  if (state.phase === "publishing") return "publishing";
  if (isVerifying(state)) return "verifying";
  const { have, need } = fetchShare(state);
  return need === 0 ? "all here" : formatBytesOf(have, need);
}

function movingLine(state: ViewState, nameWidth: number, options: ViewOptions): string {
  const name = padEnd(
    truncateMiddle(printable(state.repoId), nameWidth, options.unicode ? "…" : "..."),
    nameWidth,
  );
  const { have, need } = fetchShare(state);
  const { progress, plan } = state;
  const here = progress ? progress.bytes.resumed + progress.bytes.copied : have;
  const percent = padStart(plan === undefined ? "" : formatPercent(have, need), 4);
  if (options.columns < 50) return `  ${name}  ${percent}`.trimEnd();
  const bar = renderBar({ here, came: have - here, whole: Math.max(1, need) }, 12, options);
  const words = truncateMiddle(doing(state, options.now), options.columns - nameWidth - 25);
  return `  ${name}  ${plan === undefined ? " ".repeat(12) : bar} ${percent}  ${words}`.trimEnd();
}

/** How one of several downloads ended: `failed (hub/repo-not-found)`, `Stopped at 34%, 1.17 of 3.41 GB`. */
function endText(state: ViewState): string {
  if (state.phase === "done") return summaryText(state) ?? "";
  const at = stoppedText(state) ?? "";
  if (state.failedBy === undefined) return `Stopped ${at}`.trimEnd();
  return `failed (${state.failedBy}) ${at}`.trimEnd();
}

const markOf = ({ phase }: ViewState, { unicode }: ViewOptions): string =>
  phase === "done" ? (unicode ? "✓" : "OK") : "!";

/** A row for one that ended while others move. */
function endLine(state: ViewState, options: ViewOptions): string {
  const { result } = state;
  const mark = markOf(state, options);
  const text = result === undefined ? endText(state) : `${formatBytes(result.bytes.total)}, done`;
  const room = options.columns - 1 - displayWidth(`${mark} : `);
  const status = truncateMiddle(text, Math.max(4, room - 8));
  const name = truncateMiddle(printable(state.repoId), room - displayWidth(status));
  return `${paint(options, result ? "good" : "warn", mark)} ${name}: ${status}`;
}

function endLines(state: ViewState, options: ViewOptions): string[] {
  const done = state.phase === "done";
  const mark = markOf(state, options);
  const text = endText(state);
  const name = truncateMiddle(printable(state.repoId), options.columns - 4);
  const [first = "", ...rest] = wrapWords(`${mark} ${name}: ${text}`, options.columns - 1, 2);
  return [paint(options, done ? "good" : "warn", mark) + first.slice(mark.length), ...rest];
}

/**
 * The lines of several downloads: finished ones with their result, the others one line each below
 * the total. Pure. With `ended`, the lines that stay in the scrollback.
 */
export function severalView(
  states: readonly ViewState[],
  options: ViewOptions,
  ended = false,
): string[] {
  const over = states.filter(({ phase }) => ended || phase === "done" || phase === "stopped");
  if (ended) return over.flatMap((state) => endLines(state, options));
  // While others move, one line each.
  const endings = over.map((state) => endLine(state, options));
  const open = states.filter((state) => !over.includes(state));
  const failed = states.filter(({ phase }) => phase === "stopped");
  // The bytes of failed downloads are not expected any more.
  const all = sumStates(states.filter((state) => !failed.includes(state)));
  const total = fetchShare(all).need === 0 ? [] : totalLines(all, options);
  const height = Math.max(2, options.rows - 1);
  const room = Math.max(1, height - total.length - 1);
  const shown = open.slice(0, room);
  const longest = Math.max(0, ...shown.map(({ repoId }) => displayWidth(printable(repoId))));
  const nameWidth = Math.max(
    8,
    Math.min(longest, options.columns < 50 ? options.columns - 9 : options.columns - 46),
  );
  const lines = shown.map((state) => movingLine(state, nameWidth, options));
  const counts = [`${over.length - failed.length} of ${formatCount(states.length, "model")} done`];
  if (failed.length > 0) counts.push(`${failed.length} failed`);
  if (open.length > shown.length) counts.push(`${open.length - shown.length} more on their way`);
  const foot = paint(
    options,
    "quiet",
    `  ${truncateMiddle(counts.join(", "), options.columns - 3)}`,
  );
  const live = [...total, ...lines, foot];
  // The newest endings, where the terminal is too low for all.
  return [...endings.slice(-Math.max(0, height - live.length) || endings.length), ...live].slice(
    -height,
  );
}
