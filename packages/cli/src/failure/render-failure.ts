import { padEnd, wrapWords } from "../text/display-width.ts";
import { printable } from "../text/printable.ts";
import { paint, type Style, type Tone } from "../text/style.ts";
import type { Failure } from "./describe-failure.ts";

/** The terminal that a failure is rendered for. Without `columns` (pipes) lines are not wrapped. */
export interface FailureStyle extends Style {
  readonly columns: number | undefined;
  /** Adds the request id and the chain of causes with their stacks. */
  readonly debug: boolean;
}

/** `error: hub/gated  The sentence.` with `why:` and `fix:` below. */
export function renderFailure(failure: Failure, style: FailureStyle): string[] {
  const columns = style.columns === undefined ? Number.POSITIVE_INFINITY : style.columns - 1;
  const block = (label: string, text: string, tone: Tone): string[] => {
    const [first = "", ...rest] = wrapWords(`${label} ${printable(text)}`, columns, 7);
    return [paint(style, tone, label) + first.slice(label.length), ...rest];
  };
  if (["cli/interrupted", "cli/hung-up", "cli/terminated"].includes(failure.code)) {
    // The user stopped it, so it is not an error. The command to copy stays on a line of its own.
    return [printable(failure.message), printable(failure.hint)];
  }
  const lines = block("error:", `${failure.code}  ${failure.message}`, "bad");
  if (failure.why !== undefined) lines.push(...block("  why:", failure.why, "quiet"));
  lines.push(...block("  fix:", failure.hint, "good"));
  if (style.debug) {
    lines.push("", `${padEnd("code:", 13)}${failure.code} (exit ${failure.exitCode})`);
    for (const [key, value] of Object.entries(failure.data)) {
      if (value === undefined) continue;
      const text = typeof value === "string" ? value : JSON.stringify(value);
      lines.push(`${padEnd(`${key}:`, 12)} ${printable(text)}`);
    }
    for (const [at, stack] of failure.chain.entries()) {
      const [first = "", ...frames] = stack.split("\n").map(printable);
      lines.push("", `${at === 0 ? "" : "caused by: "}${first}`, ...frames);
    }
  }
  return lines;
}
