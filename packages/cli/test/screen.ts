import { Writable } from "node:stream";
import type { WriteStream } from "node:tty";

/** A terminal for tests: what is written to it ends up as rows of text. */
export interface Screen {
  readonly stream: WriteStream;
  readonly rows: () => string[];
  readonly cursorVisible: () => boolean;
  /** Everything that was written, escape sequences included. */
  readonly written: () => string;
  readonly resize: (columns: number) => void;
}

// oxlint-disable-next-line no-control-regex -- a terminal reads control characters
const sequences = /\u001b\[([?\d;]*)([A-Za-z])|\u001b[78]|[^]/g;

/** Understands what the display uses: newline, return, cursor up, its saved place, erase line and below, private modes, colours. */
export function createScreen(columns: number, height = 24): Screen {
  const lines: string[] = [""];
  let row = 0;
  let column = 0;
  let saved = { row, column };
  let visible = true;
  let text = "";

  const put = (character: string): void => {
    const line = (lines[row] ?? "").padEnd(column);
    lines[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  const sequence = (body: string, final: string): void => {
    if (final === "A") row = Math.max(0, row - Number(body || 1));
    if (final === "K") lines[row] = (lines[row] ?? "").slice(0, column);
    if (final === "J") {
      lines[row] = (lines[row] ?? "").slice(0, column);
      lines.length = row + 1;
    }
    if (body === "?25") visible = final === "h";
  };
  const write = (chunk: string): void => {
    text += chunk;
    for (const [part, body, final] of chunk.matchAll(sequences)) {
      if (final !== undefined) sequence(body ?? "", final);
      else if (part === "\u001b7") saved = { row, column };
      else if (part === "\u001b8") ({ row, column } = saved);
      else if (part === "\r") column = 0;
      else if (part === "\n") {
        row += 1;
        column = 0;
        lines[row] ??= "";
      } else put(part);
    }
  };
  const stream = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        write(String(chunk));
        done();
      },
    }),
    { isTTY: true, columns, rows: height },
  ) as unknown as WriteStream;
  return {
    stream,
    rows: () => lines.slice(0, lines.at(-1) === "" ? -1 : undefined),
    cursorVisible: () => visible,
    written: () => text,
    resize(next) {
      stream.columns = next;
      stream.emit("resize");
    },
  };
}
