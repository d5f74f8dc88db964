import type { DownloadReview } from "@mlx-download/core";
import { formatBytesOf, formatCount } from "../text/format.ts";
import { printable } from "../text/printable.ts";
import type { Tone } from "../text/style.ts";

/** One line about a model that is going to be fetched. */
export interface ReviewLine {
  readonly label: string;
  readonly text: string;
  readonly tone: Tone;
}

/**
 * The review lines of a plan: whether the model fits, and whether it loads and is safe when it does
 * not or is not.
 */
export function reviewLines({ fit, loads, security, machine }: DownloadReview): ReviewLine[] {
  const lines: ReviewLine[] = [];
  if (fit !== null && fit.totalBytes !== null) {
    const tone = fit.verdict === "yes" ? "label" : "warn";
    const room = formatBytesOf(fit.totalBytes, fit.limitBytes);
    const longest =
      fit.verdict !== "yes" && fit.maxContextLength !== null && fit.maxContextLength > 0
        ? `; with room to spare up to ${formatCount(fit.maxContextLength, "token")}`
        : "";
    const where = machine.isTarget ? "" : " (computed as for a Mac with this memory)";
    lines.push({
      label: "Fits",
      text: `${fit.verdict}, ${room} at ${formatCount(fit.contextLength, "token")}${longest}${where}`,
      tone,
    });
  }
  const trouble = loads?.reasons.find(({ blocks, code }) => blocks || code === "experts-fail");
  if (loads && trouble)
    lines.push({
      label: "Loads",
      text: `${loads.verdict}: ${printable(trouble.message)}`,
      tone: "warn",
    });
  const [first] = security.findings;
  if (security.verdict !== "safe" && first !== undefined) {
    const text = `${security.verdict}: ${printable(`${first.path}: ${first.message}`)}`;
    lines.push({ label: "Security", text, tone: "warn" });
  }
  return lines;
}
