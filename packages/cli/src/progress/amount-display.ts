import type { CopyEvent, VerifyEvent } from "@mlx-download/cache";
import type { Flags } from "../command-line/flags.ts";
import type { Shell } from "../shell/shell.ts";
import { formatBytes, formatBytesOf, formatDuration, formatRate } from "../text/format.ts";
import type { Style } from "../text/style.ts";
import { type BarParts, renderBar } from "./bar.ts";
import { drawsFrames, isSilent } from "./progress-display.ts";

/** Shows how far a verification or a copy is. */
export interface AmountDisplay {
  onEvent(event: VerifyEvent | CopyEvent): void;
  /** Removes the line. Safe to call twice. */
  finish(): void;
}

const lineMs = 10_000;
const barColumns = 30;
const leastBarColumns = 8;

/**
 * A bar and words within so many columns. In less space the bar becomes shorter, then disappears,
 * and after it the last words.
 */
export function amountLine(
  parts: BarParts,
  words: readonly string[],
  { columns, style }: { readonly columns: number; readonly style: Style },
): string {
  const amount = words.join("  ");
  const forBar = Math.min(barColumns, columns - amount.length - 1);
  if (forBar >= leastBarColumns) return `${renderBar(parts, forBar, style)} ${amount}`;
  return amount.length <= columns || words.length < 2
    ? amount.slice(0, columns)
    : amountLine(parts, words.slice(0, -1), { columns, style });
}

/**
 * One line that is redrawn on a terminal, a line every ten seconds elsewhere, nothing with
 * `--quiet`.
 */
export function createAmountDisplay(flags: Flags, shell: Shell): AmountDisplay {
  const silent = isSilent(flags, shell);
  const draws = drawsFrames(shell.stderr, shell.env);
  let startedAt = 0;
  let saidAt = 0;
  let announced = false;
  let drawn = false;
  const clear = (): void => {
    if (drawn) shell.stderr.write("\r\u001b[K");
    drawn = false;
  };
  return {
    onEvent(event) {
      if (silent) return;
      if (event.type === "verify-started" || event.type === "copy-started") {
        [startedAt, saidAt] = [event.at, event.at];
        announced = false;
      }
      if (event.type !== "verify-progress" && event.type !== "copy-progress") return;
      // Work that ends at once, such as a view by hard links, copied nothing.
      if (!draws && !announced && event.bytes >= 1e9 && event.bytesDone < event.bytes) {
        announced = true;
        const doing = event.type === "verify-progress" ? "Verifying" : "Copying";
        shell.stderr.write(`${doing} ${formatBytes(event.bytes)}\n`);
      }
      const elapsed = Math.max(1, event.at - startedAt);
      const rate = (event.bytesDone / elapsed) * 1000;
      const left = rate > 0 ? (event.bytes - event.bytesDone) / rate : 0;
      const words = [
        formatBytesOf(event.bytesDone, event.bytes),
        formatRate(rate),
        `${formatDuration(left * 1000)} left`,
      ];
      const amount = words.join("  ");
      if (draws) {
        const parts = { here: 0, came: event.bytesDone, whole: event.bytes };
        // A line that wraps could not be drawn over.
        const columns = Math.max(20, shell.stderr.columns || 80) - 1;
        const line = amountLine(parts, words, { columns, style: shell.stderrStyle });
        shell.stderr.write(`\r${line}\u001b[K`);
        drawn = true;
      } else if (event.at - saidAt >= lineMs) {
        saidAt = event.at;
        shell.stderr.write(`${amount}\n`);
      }
    },
    finish: clear,
  };
}
