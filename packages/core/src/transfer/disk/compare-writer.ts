import type { FileHandle } from "node:fs/promises";
import { giveBuffer, takeBuffer } from "./buffer-pool.ts";
import type { SegmentWriter } from "./segment-writer.ts";
import { writeAll } from "./write-all.ts";

const PIECE_BYTES = 256 * 1024;

/**
 * An output for the second copy of bytes that the file has: compares them in pieces of 256 KiB, and writes a piece
 * over the old one where they differ. `onDifferent` is called after the new piece is in the file.
 */
export function createCompareWriter(
  file: FileHandle,
  start: number,
  onDifferent: (start: number, end: number) => void,
): SegmentWriter {
  let position = start;
  let fill = 0;
  let buffer: Uint8Array | undefined;
  let comparing: Promise<void> = Promise.resolve();

  const compare = async (mine: Uint8Array, bytes: number, from: number): Promise<void> => {
    const fresh = mine.subarray(0, bytes);
    const old = takeBuffer();
    try {
      if (await equals(file, { fresh, from, old })) return;
      await writeAll(file, fresh, from);
      onDifferent(from, from + bytes);
    } finally {
      giveBuffer(old);
      giveBuffer(mine);
    }
  };
  /**
   * Compares the file with the bytes received, after the earlier comparisons. The next bytes go into another buffer.
   */
  const send = (): Promise<void> => {
    const mine = buffer;
    const bytes = fill;
    const from = position - fill;
    buffer = undefined;
    fill = 0;
    if (mine !== undefined) comparing = comparing.then(() => compare(mine, bytes, from));
    // Any waiter receives the failure. There may be none yet.
    comparing.catch(() => undefined);
    return comparing;
  };
  return {
    get position() {
      return position;
    },
    space() {
      buffer ??= takeBuffer();
      return buffer.subarray(fill, PIECE_BYTES);
    },
    filled(bytes) {
      fill += bytes;
      position += bytes;
      return fill === PIECE_BYTES ? send() : undefined;
    },
    drain: send,
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
