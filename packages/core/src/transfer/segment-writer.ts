import type { FileHandle } from "node:fs/promises";

/** Writes the bytes of one segment at their place in the file, in pieces of 256 KiB, two in flight. */
export interface SegmentWriter {
  /** Position after the last byte taken. */
  readonly position: number;
  /** Takes the next chunk; a returned promise asks the caller to wait before the next. Throws what a write failed with. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Resolves when all that was taken is in the file; rejects with the first write error. */
  drain(): Promise<void>;
}

// Bigger batches write cold memory: 4 MiB doubles the system time of 256 KiB.
const BATCH_BYTES = 256 * 1024;
const IN_FLIGHT = 2;
// A slow line must reach the journal too: a kill costs no more than this.
const LINGER_MS = 200;

/** Starts at `start`; calls `onWritten` with each range after its bytes are in the file. */
export function createSegmentWriter(
  file: FileHandle,
  start: number,
  onWritten: (start: number, end: number) => void,
): SegmentWriter {
  let position = start;
  let batch: Uint8Array[] = [];
  let batchStart = start;
  let batchBytes = 0;
  let lingering: NodeJS.Timeout | undefined;
  let failure: unknown;
  const inFlight = new Set<Promise<void>>();

  const send = (): void => {
    clearTimeout(lingering);
    lingering = undefined;
    if (batchBytes === 0) return;
    const [buffers, from, to] = [batch, batchStart, batchStart + batchBytes];
    batch = [];
    batchStart = to;
    batchBytes = 0;
    const writing = writeAll(file, buffers, from)
      .then(() => onWritten(from, to))
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => inFlight.delete(writing));
    inFlight.add(writing);
  };
  const rethrow = (): void => {
    if (failure !== undefined) throw failure;
  };

  return {
    get position() {
      return position;
    },
    write(chunk) {
      rethrow();
      batch.push(chunk);
      batchBytes += chunk.byteLength;
      position += chunk.byteLength;
      if (batchBytes < BATCH_BYTES) {
        lingering ??= setTimeout(send, LINGER_MS);
        return undefined;
      }
      send();
      return inFlight.size > IN_FLIGHT ? Promise.race(inFlight).then(rethrow) : undefined;
    },
    async drain() {
      send();
      await Promise.all(inFlight);
      rethrow();
    },
  };
}

/** A write may be short (a full disk, a signal): goes on until all bytes are in or the system says why not. */
async function writeAll(file: FileHandle, buffers: Uint8Array[], start: number): Promise<void> {
  let rest = buffers;
  let position = start;
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest, position);
    position += bytesWritten;
    while (rest[0] !== undefined && bytesWritten >= rest[0].byteLength) {
      bytesWritten -= rest[0].byteLength;
      rest = rest.slice(1);
    }
    if (rest[0] !== undefined && bytesWritten > 0) {
      rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)];
    }
  }
}
