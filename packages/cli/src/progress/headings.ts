import type { DownloadResult, LeftOut, PlanBytes } from "@mlx-download/core";
import {
  formatBytes,
  formatBytesOf,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  formatWait,
  shortCommit,
} from "../text/format.ts";
import { printable } from "../text/printable.ts";
import { fetchShare, type Notice, type ViewState } from "./reduce.ts";
import { commandHint } from "../failure/command-hint.ts";

/** `org/name @ 1a2b3c4`, with the revision where it is not `main` or the commit itself, and `(cache)` when no Hub was asked. */
export function resolvedText(state: ViewState): string {
  const { commit, revision } = state;
  if (commit === undefined) return printable(state.repoId);
  const named = revision === undefined || revision === "main" || revision === commit;
  const from = state.from === "cache" ? " (from the cache)" : "";
  return `${printable(state.repoId)} @ ${shortCommit(commit)}${named ? "" : ` (${printable(revision)})`}${from}`;
}

/** Files of equal content in one repo are often tiny. Copying those is not worth mentioning. */
function isWorthSaying(copied: number, total: number): boolean {
  return copied >= total / 100;
}

/** `9 files, 4.62 GB: 1.21 GB already here, 3.41 GB to fetch, 71.4 GB free`. */
export function planText({
  files,
  bytes,
}: {
  readonly files: number;
  readonly bytes: PlanBytes;
}): string {
  const parts: string[] = [];
  if (bytes.cached > 0) parts.push(`${formatBytes(bytes.cached)} already here`);
  if (bytes.resumable > 0) parts.push(`${formatBytes(bytes.resumable)} from the last attempt`);
  if (bytes.copyable > 0 && isWorthSaying(bytes.copyable, bytes.total))
    parts.push(`${formatBytes(bytes.copyable)} to copy on this disk`);
  parts.push(
    bytes.toFetch > 0
      ? `${formatBytes(bytes.toFetch)} to fetch${wireText(bytes)}`
      : "nothing to fetch",
  );
  if (bytes.diskFree !== null && bytes.toFetch + bytes.copyable > 0)
    parts.push(`${formatBytes(bytes.diskFree)} free`);
  return `${formatCount(files, "file")}, ${formatBytes(bytes.total)}: ${parts.join(", ")}`;
}

/** ` (2.95 GB on the wire)`, where Xet storage sends noticeably more or less than is missing. */
function wireText({ toFetch, expectedWire }: PlanBytes): string {
  const isAsMuch = Math.abs(toFetch - expectedWire) < toFetch / 100;
  return isAsMuch ? "" : ` (${formatBytes(expectedWire)} on the wire)`;
}

/** `3 files, 8.03 GB (--preset all takes every file)`, where the default selection left something out. */
export function leftOutText(leftOut: LeftOut | undefined): string[] {
  if (leftOut?.hint === undefined) return [];
  const { files, bytes, hint } = leftOut;
  return [`${formatCount(files, "file")}, ${formatBytes(bytes)} (${commandHint(hint)})`];
}

/** The same in few words, for the end. */
function leftOutNote({ leftOut }: Partial<Pick<DownloadResult, "leftOut">>): string {
  if (leftOut?.hint === undefined) return "";
  return `; ${formatCount(leftOut.files, "file")} left out (${formatBytes(leftOut.bytes)})`;
}

/** The closing sentence. It claims verification only for bytes that this run hashed. */
export function summaryText(state: ViewState): string | undefined {
  const { result } = state;
  if (!result) return undefined;
  const { bytes, files } = result;
  if (result.fromCache) {
    return `${files.length === 1 ? "The 1 file is" : `All ${formatCount(files.length, "file")} are`} here already (${formatBytes(bytes.total)}), nothing fetched${leftOutNote(result)}`;
  }
  const proved = files.filter(({ status }) => status !== "cached").length;
  const parts: string[] = [];
  if (bytes.fetched > 0) {
    const rate = result.durationMs > 0 ? bytes.fetched / (result.durationMs / 1000) : 0;
    const speed = result.durationMs >= 1000 ? ` at ${formatRate(rate)}` : "";
    parts.push(`${formatBytes(bytes.fetched)} fetched${speed}`);
  }
  const near = result.sources.filter(({ name }) => name.startsWith("peer "));
  if (near.length > 0) {
    const taken = near.reduce((sum, one) => sum + one.bytes, 0);
    parts.push(`${formatBytes(taken)} from ${formatCount(near.length, "neighbour")}`);
  }
  if (bytes.resumed > 0) parts.push(`${formatBytes(bytes.resumed)} resumed`);
  if (bytes.copied > 0 && isWorthSaying(bytes.copied, bytes.total))
    parts.push(`${formatBytes(bytes.copied)} copied on this disk`);
  if (bytes.cached > 0) parts.push(`${formatBytes(bytes.cached)} here already`);
  if (bytes.saved > 0 && isWorthSaying(bytes.saved, bytes.total))
    parts.push(`${formatBytes(bytes.saved)} saved on the wire`);
  const moved = parts.length > 0 ? `: ${parts.join(", ")}` : "";
  return `Verified ${formatCount(proved, "file")} in ${formatDuration(result.durationMs)}${moved}${leftOutNote(result)}`;
}

/** The progress of a download that did not end well: `62%, 2.11 of 3.41 GB`. */
export function stoppedText(state: ViewState): string | undefined {
  const { have, need } = fetchShare(state);
  if (state.plan === undefined || need === 0 || have === 0) return undefined;
  return `at ${formatPercent(have, need)}, ${formatBytesOf(have, need)}`;
}

/** `file: ` in front of a notice, unless its message contains the file or it concerns none. */
export function noticeName({ path, message }: Notice): string {
  return path === undefined || message.includes(path) ? "" : `${printable(path)}: `;
}

/** The text of a notice at the moment `now`, without the file's name. */
export function noticeText(notice: Notice, now: number): string {
  switch (notice.kind) {
    case "stalled":
      return `no bytes for ${formatWait(now - notice.at + notice.idleMs)}, asking for that part again`;
    case "retry": {
      const left = (notice.until ?? now) - now;
      return `${printable(notice.message)}; trying again ${left > 500 ? `in ${formatWait(left)}` : "now"}`;
    }
    // The message contains the position it resumes from. Nothing is tried again.
    case "switched":
      return printable(notice.message);
    case "waiting": {
      const message = printable(notice.message);
      const waited = now - notice.at;
      if (notice.until === undefined)
        return waited < 1000 ? message : `${message} (${formatWait(waited)})`;
      return `${message}, ${formatWait(Math.max(0, notice.until - now))} left`;
    }
  }
}
