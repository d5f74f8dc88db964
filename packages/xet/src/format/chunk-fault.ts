/**
 * Why a chunk cannot be decoded. The kernel speaks of them by their place in this list, so their order is part of it
 * (assembly/faults.ts).
 */
export const CHUNK_FAULTS = [
  "none",
  /** The header's version is not 0. */
  "version",
  /** A scheme that does not exist. */
  "scheme",
  /** More packed bytes than 256 KiB, or none. */
  "packed-length",
  /** No unpacked bytes, or more than 128 KiB. */
  "unpacked-length",
  /** Stored as it is, with two different lengths. */
  "stored-length",
  /** No LZ4 frame, or one that asks for something it may not: a dictionary, a reserved bit. */
  "lz4-frame",
  /** A sequence that reaches out of its block. */
  "lz4-block",
  /** Sound, but not as long as the chunk's header says. */
  "lz4-length",
  /** A checksum in the frame does not match. */
  "lz4-checksum",
] as const;

/** Why a chunk cannot be decoded. `none` when it can. */
export type ChunkFault = (typeof CHUNK_FAULTS)[number];

/** A chunk that cannot be decoded, inside this package. The caller that knows the xorb makes a `XetError` of it. */
export class ChunkFaultError extends Error {
  override readonly name = "ChunkFaultError";
  readonly fault: ChunkFault;

  constructor(fault: ChunkFault) {
    super(`malformed chunk: ${fault}`);
    this.fault = fault;
  }
}
