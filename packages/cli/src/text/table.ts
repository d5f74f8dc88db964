import { displayWidth, padEnd, padStart, wrapWords } from "./display-width.ts";
import { paint, type Style } from "./style.ts";

/** One column of a table. The first one names the row. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Goes when the terminal is too narrow for all columns. */
  readonly lesser?: boolean;
  /** Running text, as the last column: goes on in further lines of its own column where that leaves room for it. */
  readonly wraps?: boolean;
}

/** A narrower column of running text is worse than lines below the name. */
const leastText = 24;

/** The width that a table is fitted to. Without `columns` (pipes) it is as wide as its cells. */
export interface TableStyle extends Style {
  readonly columns?: number | undefined;
}

type Row = readonly string[];

/**
 * Rows under capital headers, numbers to the right, columns two spaces apart, no trailing spaces.
 * No cell is ever cut. In a narrow terminal, empty columns go first, then less important ones from
 * the right. If that is still too wide, the name gets a line of its own and the other cells stand
 * below it.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly Row[],
  style: TableStyle,
): string[] {
  const room = (style.columns ?? Number.POSITIVE_INFINITY) - 1;
  const widths = columns.map(({ title }, at) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[at] ?? ""))),
  );
  const all = columns.map((_, at) => at);
  const isFilled = (at: number): boolean => at === 0 || rows.some((row) => (row[at] ?? "") !== "");
  const widthOf = (shown: readonly number[]): number =>
    shown.reduce((sum, at) => sum + (widths[at] ?? 0) + 2, -2);
  let shown = widthOf(all) <= room ? all : all.filter(isFilled);
  const lesser = all.filter((at) => columns[at]?.lesser && isFilled(at));
  // Text that wraps needs no more than its least width.
  const least = (which: readonly number[]): number =>
    widthOf(which) -
    which
      .filter((at) => columns[at]?.wraps)
      .reduce((sum, at) => sum + Math.max(0, (widths[at] ?? 0) - leastText), 0);
  while (least(shown) > room && lesser.length > 0) {
    const last = lesser.pop();
    shown = shown.filter((at) => at !== last);
  }
  const title: Row = columns.map((column) => column.title);
  const cells = (row: Row, which: readonly number[]): string =>
    which
      .map((at) =>
        columns[at]?.align === "right"
          ? padStart(row[at] ?? "", widths[at] ?? 0)
          : padEnd(row[at] ?? "", widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const last = shown.at(-1) ?? 0;
  const before = shown.slice(0, -1);
  const textRoom = room - widthOf(before) - 2;
  const isWrapped = columns[last]?.wraps === true && widthOf(shown) > room && textRoom >= leastText;
  const wrapped = (row: Row): string[] => {
    const [first = "", ...further] = wrapWords(row[last] ?? "", textRoom);
    const indent = " ".repeat(widthOf(before) + 2);
    return [
      `${padEnd(cells(row, before), widthOf(before))}  ${first}`.trimEnd(),
      ...further.map((line) => indent + line),
    ];
  };
  const lines = isWrapped
    ? wrapped
    : widthOf(shown) <= room
      ? (row: Row): string[] => [cells(row, shown)]
      : (row: Row): string[] => [row[0] ?? "", ...below(row, all.filter(isFilled).slice(1), room)];
  return [title, ...rows].flatMap((row, index) =>
    lines(row).map((line) => (index === 0 ? paint(style, "quiet", line) : line)),
  );
}

/** The cells under a name, indented, on as many lines as they need. */
function below(row: Row, which: readonly number[], room: number): string[] {
  const filled = which.map((at) => row[at] ?? "").filter((cell) => cell !== "");
  const lines: string[] = [];
  for (const cell of filled) {
    const last = lines.at(-1);
    const joined = last === undefined ? `  ${cell}` : `${last}  ${cell}`;
    if (last !== undefined && displayWidth(joined) <= room) lines[lines.length - 1] = joined;
    else lines.push(...wrapWords(cell, Math.max(10, room - 2)).map((line) => `  ${line}`));
  }
  return lines;
}

/** {@link renderTable} as text, a line each. */
export function tableText(...table: Parameters<typeof renderTable>): string {
  return `${renderTable(...table).join("\n")}\n`;
}
