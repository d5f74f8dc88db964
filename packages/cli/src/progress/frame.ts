import type { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { displayWidth } from "../text/display-width.ts";

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
/** Terminals with synchronized output show a frame at once. Others ignore the sequence. */
const begin = "\u001b[?2026h";
const end = "\u001b[?2026l";
const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";
const saveCursor = "\u001b7";
const restoreCursor = "\u001b8";

/** Lines at the bottom of a terminal that are redrawn in place. */
export interface Frame {
  /**
   * Draws `lines` in place of the previous ones. The lines `above` stay in the scrollback. Each is
   * narrower than the terminal.
   */
  readonly draw: (lines: readonly string[], above?: readonly string[]) => void;
  /**
   * Leaves the lines in place with the cursor below them. The next drawing starts a frame of its
   * own there.
   */
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
 * A frame on `stream`. Between drawings the hidden cursor rests on the frame's first row, and its
 * position is saved. So keys typed meanwhile (Enter) move neither the frame nor the position, and a
 * terminal that is resized and wraps the lines again takes the cursor along.
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
      // Written once more, because the last typed key (^Z) shows in the first row.
      if (rows > 0) stream.write(`${begin}${toTop()}${textOf(painted)}${clearBelow}${end}`);
      stream.write(showCursor);
      painted = [];
      rows = 0;
    },
  };
}
