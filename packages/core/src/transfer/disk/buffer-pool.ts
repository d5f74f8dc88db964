/** Half of a core's own cache where that is small. Smaller pieces cost 10 % more CPU when handed to the disk thread. */
export const BUFFER_BYTES: number = 512 * 1024;

// Two for each of eight connections: one is filled, the other waits for the disk.
const PLENTY = 16;
const free: Uint8Array[] = [];
let taken = 0;

/** Whether so many buffers are in use that no reader should hold more than it needs. */
export const buffersAreScarce = (): boolean => taken > PLENTY;

/** A buffer of `BUFFER_BYTES` in memory that threads share, its content undefined. */
export function takeBuffer(): Uint8Array {
  taken += 1;
  return free.pop() ?? new Uint8Array(new SharedArrayBuffer(BUFFER_BYTES));
}

/** Returns a buffer that is no longer read or written. */
export function giveBuffer(buffer: Uint8Array): void {
  taken -= 1;
  if (free.length < PLENTY) free.push(buffer);
}
