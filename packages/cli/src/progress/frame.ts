import type { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { displayWidth } from "../text/display-width.ts";

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
/** Terminals that know synchronized output show a frame at once; the others ignore it. */
const begin = "\u001b[?2026h";
const end = "\u001b[?2026l";
const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";
const saveCursor = "\u001b7";
const restoreCursor = "\u001b8";

/** Lines at the bottom of a terminal that are drawn over each other. */
export interface Frame {
  /** Draws `lines` in place of those before; lines `above` them stay. Each is narrower than the terminal. */
  readonly draw: (lines: readonly string[], above?: readonly string[]) => void;
  /** Leaves the lines where they are, with the cursor below them; the next drawing begins a frame of its own there. */
  readonly leave: () => void;
}

const textOf = (lines: readonly string[]): string =>
  lines.map((line) => `${line}${clearLine}\n`).join("");

/** The terminal rows that lines take on a terminal of that many columns. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce(
    (sum, line) =>
      sum + Math.max(1, Math.ceil(displayWidth(stripVTControlCharacters(line)) / columns)),
    0,
  );
}

/**
 * A frame on `stream`. Between drawings the hidden cursor rests on the frame's first row, whose place is saved: what
 * somebody types meanwhile (Enter) moves neither the frame nor the place, and a terminal that is resized and wraps the
 * lines anew takes the cursor along.
 */
export function createFrame(stream: WriteStream): Frame {
  let painted: readonly string[] = [];
  let rows = 0;
  let columnsThen = 0;
  const columnsNow = (): number => Math.max(1, stream.columns || 80);
  const toTop = (): string => {
    if (rows === 0) return "";
    return columnsNow() === columnsThen ? restoreCursor : "\r";
  };
  return {
    draw(lines, above = []) {
      const unchanged =
        above.length === 0 &&
        columnsNow() === columnsThen &&
        lines.length === painted.length &&
        lines.every((line, at) => line === painted[at]);
      if (unchanged) return;
      const text = textOf([...above, ...lines]);
      const start = toTop();
      painted = lines;
      columnsThen = columnsNow();
      rows = rowsOf(lines, columnsThen);
      const park = rows === 0 ? "" : `\u001b[${rows}A\r${saveCursor}`;
      stream.write(`${begin}${hideCursor}${start}${text}${clearBelow}${park}${end}`);
    },
    leave() {
      // Written once more: what was typed last (^Z) stands in the first row.
      if (rows > 0) stream.write(`${begin}${toTop()}${textOf(painted)}${clearBelow}${end}`);
      stream.write(showCursor);
      painted = [];
      rows = 0;
    },
  };
}
