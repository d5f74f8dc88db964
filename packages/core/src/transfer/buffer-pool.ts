/** Bigger write batches go through cold memory: 4 MiB doubles the system time of 256 KiB. */
export const BUFFER_BYTES: number = 256 * 1024;

// Four for each of eight connections: one is filled, up to three wait for the disk. What comes back beyond that is
// garbage, and collected late: with three for each a download held 6 MB more.
const KEPT = 32;
const free: Uint8Array[] = [];

/** A buffer of `BUFFER_BYTES`, its content undefined. */
export function takeBuffer(): Uint8Array {
  return free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
}

/** Gives a buffer back that nobody reads or writes any more. */
export function giveBuffer(buffer: Uint8Array): void {
  if (free.length < KEPT) free.push(buffer);
}
