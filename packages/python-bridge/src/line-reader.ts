import { StringDecoder } from "node:string_decoder";

/** Takes chunks of bytes, gives lines of text. */
export interface LineReader {
  /** The lines that `chunk` completes, without their ends. Undefined once a line is longer than allowed. */
  push(chunk: Uint8Array): readonly string[] | undefined;
}

const NEWLINE = 10;

/** Splits UTF-8 into lines of at most `maxBytes`, whatever the chunks are cut at. Holds one unfinished line, no more. */
export function createLineReader(maxBytes: number): LineReader {
  let decoder = new StringDecoder("utf8");
  let parts: string[] = [];
  let size = 0;
  return {
    push(chunk) {
      const lines: string[] = [];
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(NEWLINE, start);
        const piece = chunk.subarray(start, end < 0 ? chunk.length : end);
        size += piece.length;
        if (size > maxBytes) return undefined;
        parts.push(decoder.write(piece));
        if (end < 0) return lines;
        const line = parts.join("") + decoder.end();
        lines.push(line.endsWith("\r") ? line.slice(0, -1) : line);
        decoder = new StringDecoder("utf8");
        parts = [];
        size = 0;
        start = end + 1;
      }
    },
  };
}
