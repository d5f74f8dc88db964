import { sentences, type DownloadEvent } from "@mlx-download/core";
import {
  formatBytes,
  formatBytesOf,
  formatCount,
  formatPercent,
  formatRate,
  formatWait,
} from "../text/format.ts";
import { printable } from "../text/printable.ts";
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
import { fetchShare, isVerifying, silence, type ViewState } from "./reduce.ts";
import { commandHint } from "../failure/command-hint.ts";

/** Files below this size are told of in sum, not one by one. */
const smallFile = 10_000_000;
const heartbeatMs = 30_000;
const heartbeatPercent = 5;
/** Hashing less than this after the last byte takes no time worth a line. */
const longVerification = 500_000_000;
/** A network that fails often repeats its messages. The log need not repeat them. */
const noticeEveryMs = 10_000;

const labels = {
  stalled: "Stalled",
  retry: "Retry",
  switched: "Source",
  waiting: "Waiting",
} as const;

/** The state of the log between events. */
export interface LogMemory {
  readonly smallFiles: { readonly count: number; readonly bytes: number };
  readonly lastBeatAt: number;
  readonly lastPercent: number;
  readonly verifyingSaid: boolean;
  /** When each file's last notice was written. */
  readonly noticed: ReadonlyMap<string, number>;
}

/** One step of the log: the state to keep and the lines to write. */
export interface LogStep {
  readonly memory: LogMemory;
  readonly lines: readonly string[];
}

/** The memory of a log in which nothing was written yet. */
export const emptyLog: LogMemory = {
  smallFiles: { count: 0, bytes: 0 },
  lastBeatAt: 0,
  lastPercent: 0,
  verifyingSaid: false,
  noticed: new Map(),
};

/** The progress of the download in one line. Undefined while there is nothing to fetch. */
function heartbeatLine(state: ViewState, now: number): string | undefined {
  if (state.phase === "resolving" || state.phase === "planning") {
    const waited = formatWait(now - (state.startedAt ?? now));
    return `${state.phase === "resolving" ? "Still resolving" : "Still planning"} ${printable(state.repoId)} (${waited})`;
  }
  const { have, need } = fetchShare(state);
  if (state.phase !== "fetching" || need === 0) return undefined;
  const parts = [formatBytesOf(have, need)];
  const { progress } = state;
  const quiet = silence(state, now);
  if (quiet !== undefined) parts.push(`no bytes for ${formatWait(quiet)}`);
  else if (progress && progress.bytesPerSecond > 0) {
    parts.push(formatRate(progress.bytesPerSecond));
    // A stalled download has no meaningful remaining time, whatever the speed of the last seconds.
    const waits = state.notices.some(({ kind }) => kind === "waiting");
    if (progress.etaMs !== null && progress.etaMs >= 500 && !waits)
      parts.push(`${formatWait(progress.etaMs)} left`);
  }
  const notice = state.notices.at(-1);
  if (notice) parts.push(noticeText(notice, now));
  return `${formatPercent(have, need)}  ${parts.join(", ")}`;
}

function percentOf(state: ViewState): number {
  const { have, need } = fetchShare(state);
  return need === 0 ? 0 : (have / need) * 100;
}

function smallFilesLine({ count, bytes }: LogMemory["smallFiles"]): string[] {
  return count === 0 ? [] : [`Fetched ${formatCount(count, "small file")} (${formatBytes(bytes)})`];
}

function eventLines(memory: LogMemory, event: DownloadEvent, state: ViewState): LogStep {
  const say = (...lines: (string | undefined)[]): LogStep => ({
    memory,
    lines: lines.filter((line) => line !== undefined),
  });
  switch (event.type) {
    case "resolved":
      return say(`Resolved ${resolvedText(state)}`);
    case "planned": {
      return {
        // Bytes from before this run are not progress of this run.
        memory: { ...memory, lastPercent: percentOf(state) },
        lines: state.plan
          ? [
              `Plan: ${planText(state.plan)}`,
              ...leftOutText(state.plan.leftOut).map((text) => `Left out: ${text}`),
            ]
          : [],
      };
    }
    case "reviewed":
      return say(...reviewLines(event).map(({ label, text }) => `${label}: ${text}`));
    case "file-done": {
      if (event.status === "cached") return say();
      const { count, bytes } = memory.smallFiles;
      if (event.size < smallFile)
        return {
          memory: { ...memory, smallFiles: { count: count + 1, bytes: bytes + event.size } },
          lines: [],
        };
      const how = event.status === "fetched" ? "" : `, ${event.status}`;
      return {
        memory: { ...memory, smallFiles: emptyLog.smallFiles },
        lines: [
          ...smallFilesLine(memory.smallFiles),
          `Verified ${printable(event.path)} (${formatBytes(event.size)}${how})`,
        ],
      };
    }
    case "stalled":
    case "retry":
    case "source-switched":
    case "waiting": {
      const key = event.path ?? "";
      const notice = state.notices.find(({ path }) => path === event.path);
      const lastAt = memory.noticed.get(key) ?? Number.NEGATIVE_INFINITY;
      if (!notice || event.at - lastAt < noticeEveryMs) return say();
      const name = noticeName(notice);
      return {
        memory: { ...memory, noticed: new Map(memory.noticed).set(key, event.at) },
        lines: [`${labels[notice.kind]}: ${name}${noticeText(notice, event.at)}`],
      };
    }
    case "warning":
      return say(
        `Warning: ${printable(sentences(event.message, event.hint && commandHint(event.hint)))}`,
      );
    case "neighbour-found":
      return say(`Neighbour: ${printable(event.name)} at ${event.url}`);
    case "result":
      return say(summaryText(state));
    case "error": {
      const stopped = stoppedText(state);
      return say(stopped && `Stopped ${stopped}`);
    }
    case "resolving":
    case "file-started":
    case "verifying":
    case "publishing":
    case "progress":
      return say();
  }
}

/**
 * The lines that one event adds to the log of a pipe or a CI job. `state` already includes the
 * event. Pure.
 */
export function logEvent(memory: LogMemory, event: DownloadEvent, state: ViewState): LogStep {
  const step = eventLines(memory, event, state);
  if (step.lines.length > 0 || event.type !== "progress") {
    const lastBeatAt = step.lines.length > 0 ? event.at : step.memory.lastBeatAt;
    return { ...step, memory: { ...step.memory, lastBeatAt } };
  }
  const unproved = [...state.verifying.values()].reduce((sum, size) => sum + size, 0);
  if (isVerifying(state) && !memory.verifyingSaid && unproved >= longVerification) {
    const files = formatCount(state.verifying.size, "file");
    return {
      memory: { ...memory, verifyingSaid: true, lastBeatAt: event.at },
      lines: [`Verifying ${files} (${formatBytes(unproved)})`],
    };
  }
  return beat(memory, state, event.at);
}

/**
 * A heartbeat when one is due: every 5 % (at most one a second) or 30 s. Pure. A timer calls it as
 * well.
 */
export function beat(memory: LogMemory, state: ViewState, now: number): LogStep {
  const { have, need } = fetchShare(state);
  const percent = percentOf(state);
  const since = now - (memory.lastBeatAt || (state.startedAt ?? now));
  const farther = percent - memory.lastPercent >= heartbeatPercent && since >= 1000;
  if (have >= need && need > 0) return { memory, lines: [] };
  if (!farther && since < heartbeatMs) return { memory, lines: [] };
  const line = heartbeatLine(state, now);
  return {
    memory: { ...memory, lastBeatAt: now, lastPercent: percent },
    lines: line === undefined ? [] : [line],
  };
}
