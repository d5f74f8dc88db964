import { sentences, type ActiveFile } from "@mlx-download/core";
import {
  displayWidth,
  padEnd,
  padStart,
  truncateMiddle,
  wrapWords,
} from "../text/display-width.ts";
import { formatBytesOf, formatCount, formatPercent, formatWait } from "../text/format.ts";
import { printable } from "../text/printable.ts";
import { paint, type Style, type Tone } from "../text/style.ts";
import { renderBar } from "./bar.ts";
import { labelWidth, totalLines, type ViewOptions } from "./total-lines.ts";
import {
  leftOutText,
  noticeName,
  noticeText,
  planText,
  resolvedText,
  stoppedText,
  summaryText,
} from "./headings.ts";
import { reviewLines } from "./review-lines.ts";
import { fetchShare, type ViewState } from "./reduce.ts";
import { commandHint } from "../failure/command-hint.ts";

const maxFileRows = 6;

/** `Label      text`, wrapped under itself. Narrow terminals get no label column. */
function labelled(label: string, text: string, tone: Tone, options: ViewOptions): string[] {
  const width = options.columns >= 60 ? labelWidth : displayWidth(label) + 1;
  const indent = options.columns >= 60 ? labelWidth : 2;
  const [first = "", ...rest] = wrapWords(padEnd(label, width) + text, options.columns - 1, indent);
  return [paint(options, tone, label) + first.slice(label.length), ...rest];
}

function ellipsis(style: Style): string {
  return style.unicode ? "…" : "...";
}

function fileLine(file: ActiveFile, nameWidth: number, options: ViewOptions): string {
  const name = padEnd(
    truncateMiddle(printable(file.path), nameWidth, ellipsis(options)),
    nameWidth,
  );
  const hashing = file.received >= file.size && file.verified < file.size;
  const part = hashing ? file.verified : file.received;
  const percent = padStart(formatPercent(part, file.size), 4);
  const line = `  ${name}  `;
  if (options.columns < 50) return line + percent;
  const parts = {
    here: hashing ? 0 : file.resumed,
    came: hashing ? part : file.received - file.resumed,
    whole: file.size,
  };
  const bar = renderBar(parts, options.columns >= 78 ? 14 : 10, options);
  if (options.columns < 78) return `${line}${bar} ${percent}`;
  return `${line}${bar} ${percent}  ${hashing ? "verifying" : formatBytesOf(file.received, file.size)}`;
}

/** The files in progress, by name, as many as fit. */
function fileLines(state: ViewState, room: number, options: ViewOptions): string[] {
  const active = [...(state.progress?.active ?? [])].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const rows = Math.max(0, Math.min(maxFileRows, room - 1));
  const shown = active.slice(0, rows);
  const reserved = options.columns < 50 ? 9 : options.columns < 78 ? 20 : 43;
  const longest = Math.max(0, ...shown.map(({ path }) => displayWidth(printable(path))));
  const nameWidth = Math.max(8, Math.min(longest, options.columns - 1 - reserved));
  const lines = shown.map((file) => fileLine(file, nameWidth, options));
  const { progress } = state;
  if (progress && progress.files.total > 1 && room > 0) {
    const hidden = active.length - shown.length;
    const more = hidden > 0 ? `, ${hidden} more moving` : "";
    const done = `${progress.files.done} of ${formatCount(progress.files.total, "file")} done${more}`;
    lines.push(paint(options, "quiet", `  ${truncateMiddle(done, options.columns - 3)}`));
  }
  return lines;
}

function noticeLines(state: ViewState, options: ViewOptions): string[] {
  return state.notices.slice(-3).flatMap((notice) => {
    const text = noticeText(notice, options.now);
    const name = noticeName(notice);
    const short = truncateMiddle(name, options.columns - 3, ellipsis(options));
    return wrapWords(`! ${short}${text}`, options.columns - 1, 2).map((line) =>
      paint(options, "warn", line),
    );
  });
}

function warningLines(state: ViewState, options: ViewOptions): string[] {
  return state.warnings.flatMap(({ message, hint }) => {
    const text = `! ${printable(sentences(message, hint && commandHint(hint)))}`;
    return wrapWords(text, options.columns - 1, 2).map((line) => paint(options, "warn", line));
  });
}

function liveLines(state: ViewState, room: number, options: ViewOptions): string[] {
  const notices = noticeLines(state, options);
  if (state.phase === "resolving" || state.phase === "planning") {
    const waited = state.startedAt === undefined ? 0 : options.now - state.startedAt;
    const time = waited >= 2000 ? ` (${formatWait(waited)})` : "";
    const [label, text] =
      state.phase === "resolving"
        ? ["Resolving", `${printable(state.repoId)} ${ellipsis(options)}${time}`]
        : ["Planning", `reading the file list ${ellipsis(options)}${time}`];
    return [...labelled(label, text, "label", options), ...notices];
  }
  if (fetchShare(state).need === 0) return notices;
  const total = totalLines(state, options);
  return [...total, ...fileLines(state, room - total.length - notices.length, options), ...notices];
}

/**
 * The lines that show a state, each narrower than the terminal, together lower than it. Pure. The
 * frame of a finished or stopped download stays in the scrollback.
 */
export function view(state: ViewState, options: ViewOptions): string[] {
  const head: string[] = [];
  if (state.commit !== undefined) {
    head.push(...labelled("Resolved", resolvedText(state), "label", options));
  }
  for (const { label, text, tone } of state.review ? reviewLines(state.review) : []) {
    head.push(...labelled(label, text, tone, options));
  }
  if (state.plan) head.push(...labelled("Plan", planText(state.plan), "label", options));
  for (const text of leftOutText(state.plan?.leftOut))
    head.push(...labelled("Left out", text, "label", options));
  head.push(...warningLines(state, options));
  if (state.phase === "done") {
    const summary = summaryText(state);
    if (summary === undefined) return head;
    const mark = options.unicode ? "✓" : "OK";
    const [first = "", ...rest] = wrapWords(`${mark} ${summary}`, options.columns - 1, 2);
    return [...head, paint(options, "good", mark) + first.slice(mark.length), ...rest];
  }
  if (state.phase === "stopped") {
    const stopped = stoppedText(state);
    return stopped === undefined
      ? head
      : [...head, ...labelled("Stopped", stopped, "warn", options)];
  }
  const height = Math.max(1, options.rows - 1);
  const shownHead = head.slice(0, Math.max(0, height - 2));
  return [...shownHead, ...liveLines(state, height - shownHead.length, options)].slice(0, height);
}
