import { displayWidth, padEnd, padStart, truncateMiddle } from "./display-width.ts";
import { paint, type Style } from "./style.ts";

/** One column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** May be shortened in the middle when the terminal is too narrow. */
  readonly flexible?: boolean;
}

/** What a table is fitted to; without `columns` (pipes) nothing is ever shortened. */
export interface TableStyle extends Style {
  readonly columns?: number | undefined;
}

/**
 * Rows under capital headers, numbers to the right, columns two spaces apart, no trailing spaces. Too wide for the
 * terminal: the flexible columns give way first, then whole columns from the right.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string[] {
  const cells = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, at) =>
    Math.max(...cells.map((row) => displayWidth(row[at] ?? ""))),
  );
  let shown = columns.length;
  if (style.columns !== undefined) {
    const room = style.columns - 1;
    const total = (): number =>
      widths.slice(0, shown).reduce((sum, width) => sum + width, 0) + 2 * (shown - 1);
    for (const [at, column] of columns.entries()) {
      if (column.flexible && total() > room)
        widths[at] = Math.max(20, (widths[at] ?? 0) - (total() - room));
    }
    while (shown > 1 && total() > room) shown -= 1;
  }
  return cells.map((row, index) => {
    const parts = columns.slice(0, shown).map((column, at) => {
      const width = widths[at] ?? 0;
      const text = truncateMiddle(row[at] ?? "", width, style.unicode ? "…" : "...");
      return column.align === "right" ? padStart(text, width) : padEnd(text, width);
    });
    const line = parts.join("  ").trimEnd();
    return index === 0 ? paint(style, "quiet", line) : line;
  });
}

/** {@link renderTable} as text, a line each. */
export function tableText(...table: Parameters<typeof renderTable>): string {
  return `${renderTable(...table).join("\n")}\n`;
}
