import type { FileHandle } from "node:fs/promises";
import { BUFFER_BYTES, giveBuffer, takeBuffer } from "./buffer-pool.ts";
import type { SegmentOutput } from "./read-segment.ts";

/**
 * An output for the second copy of bytes that the file has: compares them in pieces of 256 KiB, and writes a piece
 * over the old one where they differ. Holds two buffers; `onDifferent` is called after the new piece is in the file.
 */
export function createCompareWriter(
  file: FileHandle,
  start: number,
  onDifferent: (start: number, end: number) => void,
): SegmentOutput {
  let position = start;
  let fill = 0;
  let buffer: Uint8Array | undefined;

  const settle = async (): Promise<void> => {
    if (buffer === undefined || fill === 0) return;
    const fresh = buffer.subarray(0, fill);
    const from = position - fill;
    const old = takeBuffer();
    try {
      if (!(await equals(file, { fresh, from, old }))) {
        for (let done = 0; done < fresh.byteLength;) {
          const rest = fresh.byteLength - done;
          done += (await file.write(fresh, done, rest, from + done)).bytesWritten;
        }
        onDifferent(from, from + fresh.byteLength);
      }
    } finally {
      giveBuffer(old);
      fill = 0;
    }
  };
  return {
    get position() {
      return position;
    },
    space() {
      buffer ??= takeBuffer();
      return buffer.subarray(fill);
    },
    filled(bytes) {
      fill += bytes;
      position += bytes;
      return fill === BUFFER_BYTES ? settle() : undefined;
    },
    async drain() {
      try {
        await settle();
      } finally {
        if (buffer !== undefined) giveBuffer(buffer);
        buffer = undefined;
      }
    },
  };
}

/** Are these the bytes at `from`? `old` is room to read them. */
async function equals(
  file: FileHandle,
  piece: { readonly fresh: Uint8Array; readonly from: number; readonly old: Uint8Array },
): Promise<boolean> {
  const { fresh, from, old } = piece;
  for (let done = 0; done < fresh.byteLength;) {
    const rest = fresh.byteLength - done;
    const { bytesRead } = await file.read(old, done, rest, from + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return Buffer.compare(fresh, old.subarray(0, fresh.byteLength)) === 0;
}
