/** Undoes the chunked transfer coding (RFC 9112 §7.1), byte by byte as they come. */
export interface ChunkedDecoder {
  /**
   * Takes the next bytes and calls `onData` with views of the payload in them. Returns how many bytes it took: fewer
   * than given only when the body ended in them. Throws when they are no chunked body.
   */
  decode(bytes: Uint8Array, onData: (payload: Uint8Array) => void): number;
  readonly ended: boolean;
}

const CR = 13;
const LF = 10;
// A size line is a few hex digits and perhaps an extension. Trailers are header fields.
const MAX_LINE = 16 * 1024;
const SIZE_LINE = /^([0-9a-f]{1,13})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i;

/** A decoder at the start of a body. */
export function createChunkedDecoder(): ChunkedDecoder {
  let state: "size" | "data" | "after-data" | "trailer" | "ended" = "size";
  let left = 0;
  let line = "";

  /**
   * Adds to the line from `at`. Returns the position after its CRLF, or after the last byte when the line continues.
   */
  const readLine = (bytes: Uint8Array, at: number): { next: number; whole: boolean } => {
    for (let index = at; index < bytes.length; index += 1) {
      const byte = bytes[index] ?? 0;
      if (byte === LF) {
        if (!line.endsWith("\r")) throw new Error("a line of a chunked body ends without CR");
        line = line.slice(0, -1);
        return { next: index + 1, whole: true };
      }
      if (line.endsWith("\r")) throw new Error("a bare CR in a chunked body");
      line += String.fromCharCode(byte);
      if (line.length > MAX_LINE) throw new Error("a line of a chunked body does not end");
    }
    return { next: bytes.length, whole: false };
  };

  return {
    get ended() {
      return state === "ended";
    },
    decode(bytes, onData) {
      let at = 0;
      while (at < bytes.length && state !== "ended") {
        if (state === "data") {
          const payload = bytes.subarray(at, at + left);
          at += payload.length;
          left -= payload.length;
          if (payload.length > 0) onData(payload);
          if (left === 0) state = "after-data";
          continue;
        }
        if (state === "after-data" && line === "" && bytes[at] !== CR) {
          throw new Error("a chunk is longer than its size");
        }
        const { next, whole } = readLine(bytes, at);
        at = next;
        if (!whole) break;
        const text = line;
        line = "";
        if (state === "after-data") state = "size";
        else if (state === "trailer") state = text === "" ? "ended" : "trailer";
        else {
          const size = SIZE_LINE.exec(text);
          if (size === null) throw new Error("a chunk has no size");
          left = Number.parseInt(size[1] ?? "", 16);
          state = left === 0 ? "trailer" : "data";
        }
      }
      return at;
    },
  };
}
