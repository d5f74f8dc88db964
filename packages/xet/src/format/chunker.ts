import { GEAR_HIGH, GEAR_LOW } from "./gear-table.ts";

/**
 * The two chunkers in use: 2 is the specification's (hf_xet since 1.1.10), 1 that of older hf_xet and of
 * `@huggingface/hub`, which also cuts where the hash is still warming up, so at 8128 to 8191 bytes.
 */
export type ChunkerVersion = 1 | 2;

/** The longest chunk, in bytes. */
export const MAX_CHUNK_BYTES = 131_072;
const MIN_CHUNK_BYTES = 8192;
/** Where scanning starts: the 64 bytes before the first place that may be a boundary are all that it depends on. */
const SCAN_FROM = MIN_CHUNK_BYTES - 65;

/**
 * The length of the chunk that starts at `start` of `data`, which ends where the file ends or holds at least 131 072
 * more bytes (hub-docs, docs/xet/chunking.md). 0 when there is nothing left.
 */
export function nextChunkLength(data: Uint8Array, start: number, version: ChunkerVersion): number {
  const limit = Math.min(data.byteLength - start, MAX_CHUNK_BYTES);
  const shortest = version === 1 ? 0 : MIN_CHUNK_BYTES;
  let high = 0;
  let low = 0;
  for (let at = SCAN_FROM; at < limit; at += 1) {
    const byte = data[start + at] as number;
    const sum = ((low << 1) >>> 0) + (GEAR_LOW[byte] as number);
    const carried = (high << 1) | (low >>> 31);
    high = (carried + (GEAR_HIGH[byte] as number) + (sum > 0xffffffff ? 1 : 0)) | 0;
    low = sum >>> 0;
    if ((high & 0xffff0000) === 0 && at + 1 >= shortest) return at + 1;
  }
  return Math.max(0, limit);
}

/** The number of bytes that the hash depends on: older bytes have been shifted out of it. */
const HASHED_BYTES = 64;

/** Whether the content in front of `at`, at least 64 bytes, ends a chunk. It does for one place in 65 536 by chance. */
export function endsByContent(data: Uint8Array, at: number): boolean {
  if (at < HASHED_BYTES) return false;
  let hash = 0n;
  for (let index = at - HASHED_BYTES; index < at; index += 1) {
    const byte = data[index] as number;
    const gear = (BigInt(GEAR_HIGH[byte] as number) << 32n) | BigInt(GEAR_LOW[byte] as number);
    hash = BigInt.asUintN(64, (hash << 1n) + gear);
  }
  return hash >> 48n === 0n;
}

/**
 * Lengths that a chunk has although its content does not end there: the longest one, and with version 1 the shortest,
 * where a single byte can be enough.
 */
export const blindLengths = (version: ChunkerVersion): readonly number[] =>
  version === 1 ? [MAX_CHUNK_BYTES, SCAN_FROM + 1] : [MAX_CHUNK_BYTES];

/** The lengths of all chunks of a file that is in memory. */
export function chunkLengths(data: Uint8Array, version: ChunkerVersion = 2): number[] {
  const lengths: number[] = [];
  for (let start = 0; start < data.byteLength;) {
    const length = nextChunkLength(data, start, version);
    lengths.push(length);
    start += length;
  }
  return lengths;
}
