import type { ByteSink } from "../../http/byte-sink.ts";
import { BUFFER_BYTES, buffersAreScarce, giveBuffer, takeBuffer } from "./buffer-pool.ts";

/** A sink for the bytes of one segment, which writes them or compares them with a copy. */
export interface SegmentWriter extends ByteSink {
  /** Position after the last byte taken. */
  readonly position: number;
  /** Resolves when all accepted bytes are in the file or compared. Rejects with the first error. */
  drain(): Promise<void>;
}

// This many writes in flight keep the disk thread busy while the main thread wakes. More gain nothing.
const IN_FLIGHT = 2;
// A TLS record. With less room than that, a read brings little.
const WORTH_READING = 16 * 1024;
// A slow line must reach the journal too: a kill costs no more than this.
const LINGER_MS = 50;

/** Brings bytes, which stay as they are meanwhile, to a place of a file. */
export type WriteBytes = (bytes: Uint8Array, position: number) => Promise<void>;

/** A writer that starts at `start` and writes in pieces of 512 KiB. It calls `onWritten` with each range after its bytes are in the file. */
export function createSegmentWriter(
  write: WriteBytes,
  start: number,
  onWritten: (start: number, end: number) => void,
): SegmentWriter {
  let position = start;
  let buffer: Uint8Array | undefined;
  /** Of the buffer: where unsent bytes begin, and where the next ones go. */
  let sent = 0;
  let fill = 0;
  let lingering: NodeJS.Timeout | undefined;
  let failure: unknown;
  const inFlight = new Set<Promise<void>>();

  const send = (): void => {
    clearTimeout(lingering);
    lingering = undefined;
    if (buffer === undefined || fill === sent) return;
    const mine = buffer;
    const bytes = mine.subarray(sent, fill);
    const from = position - bytes.byteLength;
    // A partly filled buffer keeps being filled behind the bytes that are on their way.
    const full = BUFFER_BYTES - fill < WORTH_READING;
    sent = fill;
    if (full) {
      buffer = undefined;
      sent = fill = 0;
    }
    const writing = write(bytes, from)
      .then(() => onWritten(from, from + bytes.byteLength))
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => {
        inFlight.delete(writing);
        // Earlier pieces of it were sent before, and must be in the file, too.
        if (full) void Promise.allSettled(inFlight).then(() => giveBuffer(mine));
      });
    inFlight.add(writing);
  };
  const rethrow = (): void => {
    if (failure !== undefined) throw failure;
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
      rethrow();
      fill += bytes;
      position += bytes;
      if (BUFFER_BYTES - fill >= WORTH_READING) {
        lingering ??= setTimeout(send, LINGER_MS);
        return undefined;
      }
      send();
      const most = buffersAreScarce() ? 0 : IN_FLIGHT;
      return inFlight.size > most ? Promise.race(inFlight).then(rethrow) : undefined;
    },
    async drain() {
      send();
      await Promise.all(inFlight);
      if (buffer !== undefined) giveBuffer(buffer);
      buffer = undefined;
      sent = fill = 0;
      rethrow();
    },
  };
}
