import type { DownloadPlan, DownloadReview } from "@mlx-download/core";
import { planText } from "../progress/headings.ts";
import { reviewLines } from "../progress/review-lines.ts";
import { formatBytes, shortCommit } from "../text/format.ts";
import { printable } from "../text/printable.ts";
import { paint } from "../text/style.ts";
import { fitJson } from "./model-json.ts";
import { renderTable, type TableStyle } from "../text/table.ts";

/** What a dry run says to machines (DESIGN: what machines read). */
export function planJson(
  plan: DownloadPlan,
  review: DownloadReview | undefined,
): Record<string, unknown> {
  const { repoId, revision, commit, bytes, files } = plan;
  return {
    repoId,
    revision,
    commit,
    bytes,
    files: files.map(({ path, size, digest, action }) => ({ path, size, digest, action })),
    ...(review && {
      fit: review.fit && fitJson(review.fit),
      loads: review.loads,
      security: review.security,
    }),
  };
}

/** What a dry run says to people: a file a line, and the sum of it. */
export function planTable(
  plan: DownloadPlan,
  style: TableStyle,
  review: DownloadReview | undefined,
): string[] {
  const table = renderTable(
    [{ title: "FILE", flexible: true }, { title: "SIZE", align: "right" }, { title: "ACTION" }],
    plan.files.map((file) => [printable(file.path), formatBytes(file.size), file.action]),
    style,
  );
  const title = `${plan.repoId} @ ${shortCommit(plan.commit)}`;
  return [
    paint(style, "strong", title),
    ...table,
    planText({ files: plan.files.length, bytes: plan.bytes }),
    ...(review ? reviewLines(review) : []).map(
      ({ label, text, tone }) => `${paint(style, tone, label)}: ${text}`,
    ),
  ];
}
