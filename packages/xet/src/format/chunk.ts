import { ungroupBytes } from "./bg4.ts";
import type { ChunkHeader } from "./chunk-header.ts";
import { decodeLz4Frame } from "./lz4.ts";

/**
 * The content of one chunk from the bytes behind its header, in memory of its own. Structure is all that is checked:
 * only the hash tells whether it is the right content. Throws `ChunkFaultError`.
 */
export function decodeChunk(
  { scheme, unpackedLength }: ChunkHeader,
  packed: Uint8Array,
): Uint8Array {
  const content = new Uint8Array(unpackedLength);
  if (scheme === 0) content.set(packed);
  else if (scheme === 1) decodeLz4Frame(packed, content);
  else {
    const grouped = new Uint8Array(unpackedLength);
    decodeLz4Frame(packed, grouped);
    ungroupBytes(grouped, content);
  }
  return content;
}
