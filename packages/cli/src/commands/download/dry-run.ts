import { sentences, type DownloadPlan, type DownloadReview } from "@mlx-download/core";
import { leftOutText, planText } from "../../progress/headings.ts";
import { type ReviewLine, reviewLines } from "../../progress/review-lines.ts";
import type { MeasuredSpeed } from "./measured-speed.ts";
import { formatBytes, formatDuration, formatRate, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { wrapWords } from "../../text/display-width.ts";
import { paint, type Tone } from "../../text/style.ts";
import { fitJson } from "../choose/model-json.ts";
import { renderTable, type TableStyle } from "../../text/table.ts";
import { commandHint } from "../../failure/command-hint.ts";

/** Something that is worth knowing before the download. */
export interface PlanWarning {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Facts beside the plan. */
export interface PlanNotes {
  readonly warnings: readonly PlanWarning[];
  readonly review: DownloadReview | undefined;
  readonly speed: MeasuredSpeed | undefined;
}

function estimate(
  { bytes }: DownloadPlan,
  { bytesPerSecond, at }: MeasuredSpeed,
): { readonly bytesPerSecond: number; readonly durationMs: number; readonly measuredAt: string } {
  const durationMs = Math.round((bytes.expectedWire / bytesPerSecond) * 1000);
  return { bytesPerSecond, durationMs, measuredAt: new Date(at).toISOString() };
}

/** The JSON form of a dry run. */
export function planJson(
  plan: DownloadPlan,
  { review, speed, warnings }: PlanNotes,
): Record<string, unknown> {
  const { repoId, revision, commit, bytes, files, leftOut } = plan;
  return {
    repoId,
    revision,
    commit,
    bytes,
    estimate: speed === undefined ? null : estimate(plan, speed),
    files: files.map(({ path, size, digest, action, expectedWire, route }) => ({
      path,
      size,
      digest,
      action,
      expectedWire,
      route,
    })),
    leftOut,
    warnings,
    ...(review && {
      fit: review.fit && fitJson(review.fit),
      loads: review.loads,
      security: review.security,
    }),
  };
}

/**
 * The estimated duration at the speed of the last long download. Undefined when nothing is to
 * fetch.
 */
function timeText(plan: DownloadPlan, speed: MeasuredSpeed | undefined): string[] {
  if (speed === undefined || plan.bytes.toFetch === 0) return [];
  const { durationMs, bytesPerSecond } = estimate(plan, speed);
  const day = new Date(speed.at).toISOString().slice(0, 10);
  return [
    `about ${formatDuration(durationMs)} at ${formatRate(bytesPerSecond)}, as measured on ${day}`,
  ];
}

/** Whether the disk has room, where it does not. */
function roomText({ bytes }: DownloadPlan): string[] {
  const needed = bytes.toFetch + bytes.copyable;
  if (bytes.diskFree === null || needed <= bytes.diskFree) return [];
  return [`The disk lacks ${formatBytes(needed - bytes.diskFree)}.`];
}

/** `Label: text`, wrapped at words on a terminal. */
function note(
  style: TableStyle,
  { label, text, tone = "label" }: Pick<ReviewLine, "label" | "text"> & { readonly tone?: Tone },
): string[] {
  const [first = "", ...rest] = wrapWords(`${label}: ${text}`, (style.columns ?? Infinity) - 1, 2);
  return [paint(style, tone, label) + first.slice(label.length), ...rest];
}

/** The text form of a dry run: one line per file, their sum, disk and time. */
export function planTable(
  plan: DownloadPlan,
  style: TableStyle,
  { review, speed, warnings }: PlanNotes,
): string[] {
  const table = renderTable(
    [{ title: "FILE" }, { title: "SIZE", align: "right" }, { title: "ACTION" }],
    plan.files.map((file) => [printable(file.path), formatBytes(file.size), file.action]),
    style,
  );
  const title = `${plan.repoId} @ ${shortCommit(plan.commit)}`;
  return [
    paint(style, "strong", title),
    ...table,
    planText({ files: plan.files.length, bytes: plan.bytes }),
    ...leftOutText(plan.leftOut).flatMap((text) => note(style, { label: "Left out", text })),
    ...warnings.flatMap(({ message, hint = "" }) => {
      const text = printable(sentences(message, commandHint(hint)));
      return note(style, { label: "Warning", text, tone: "warn" });
    }),
    ...(review ? reviewLines(review) : []).flatMap((line) => note(style, line)),
    ...timeText(plan, speed),
    ...roomText(plan),
  ];
}
