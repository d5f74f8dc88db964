import { nextChunkLength } from "@mlx-download/xet";

const LONGEST_CHUNK = 131_072;
// Chunks are cut from so many bytes at a time: each cut needs the longest chunk's bytes behind it, or the file's end.
const WINDOW_BYTES = 4 * 1024 * 1024;

/** The chunks of a file that comes in pieces, each in memory of its own. */
export async function* cutChunks(
  pieces: AsyncIterable<Uint8Array>,
  version: 1 | 2,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const cut = function* (data: Uint8Array, keep: number): Generator<Uint8Array> {
    let start = 0;
    while (data.byteLength - start > keep) {
      const length = nextChunkLength(data, start, version);
      yield data.slice(start, start + length);
      start += length;
    }
    rest = data.subarray(start);
  };
  for await (const piece of pieces) {
    waiting.push(piece);
    waitingBytes += piece.byteLength;
    if (waitingBytes < WINDOW_BYTES) continue;
    const data = Buffer.concat([rest, ...waiting]);
    waiting = [];
    waitingBytes = 0;
    yield* cut(data, LONGEST_CHUNK);
  }
  yield* cut(Buffer.concat([rest, ...waiting]), 0);
}
