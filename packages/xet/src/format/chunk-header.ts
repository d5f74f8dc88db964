import type { ChunkFault } from "./chunk-fault.ts";
import { MAX_CHUNK_BYTES } from "./chunker.ts";

/** Length of the header in front of each chunk, in bytes. */
export const CHUNK_HEADER_BYTES = 8;
/** The most bytes a chunk takes in a xorb without its header. */
export const MAX_PACKED_BYTES: number = 2 * MAX_CHUNK_BYTES;

/** How a chunk is packed: as it is, as an LZ4 frame, or as one of its bytes regrouped by their place in a word. */
export type ChunkScheme = 0 | 1 | 2;

/** The content of the eight bytes in front of a chunk. */
export interface ChunkHeader {
  readonly scheme: ChunkScheme;
  /** Bytes that follow the header. */
  readonly packedLength: number;
  /** Bytes of content. */
  readonly unpackedLength: number;
}

/** `XETBLOB`, with which the footer of a stored xorb starts. */
export const FOOTER_TAG: Uint8Array = Uint8Array.of(0x58, 0x45, 0x54, 0x42, 0x4c, 0x4f, 0x42);

/** Whether a footer starts at `at`, so that the chunks have ended. */
export function isFooter(bytes: Uint8Array, at: number): boolean {
  return FOOTER_TAG.every((byte, index) => bytes[at + index] === byte);
}

/**
 * The header at `at`, where at least eight bytes are, or why it is none (hub-docs, docs/xet/xorb.md). A chunk may be
 * shorter than any chunker makes it, at the end of a file or where it was edited, but not empty.
 */
export function readChunkHeader(bytes: Uint8Array, at: number): ChunkHeader | ChunkFault {
  const byte = (index: number): number => bytes[at + index] as number;
  if (byte(0) !== 0) return "version";
  const packedLength = byte(1) | (byte(2) << 8) | (byte(3) << 16);
  const scheme = byte(4);
  const unpackedLength = byte(5) | (byte(6) << 8) | (byte(7) << 16);
  if (scheme !== 0 && scheme !== 1 && scheme !== 2) return "scheme";
  if (packedLength === 0 || packedLength > MAX_PACKED_BYTES) return "packed-length";
  if (unpackedLength === 0 || unpackedLength > MAX_CHUNK_BYTES) return "unpacked-length";
  if (scheme === 0 && packedLength !== unpackedLength) return "stored-length";
  return { scheme, packedLength, unpackedLength };
}
