/** Bigger write batches go through cold memory: 4 MiB doubles the system time of 256 KiB. */
export const BUFFER_BYTES: number = 256 * 1024;

// Three for each of eight connections; what comes back beyond that is left to the garbage collector.
const KEPT = 24;
const free: Uint8Array[] = [];

/** A buffer of `BUFFER_BYTES`, its content undefined. */
export function takeBuffer(): Uint8Array {
  return free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
}

/** Gives a buffer back that nobody reads or writes any more. */
export function giveBuffer(buffer: Uint8Array): void {
  if (free.length < KEPT) free.push(buffer);
}
