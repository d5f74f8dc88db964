import { ChunkFaultError, type ChunkFault } from "./chunk-fault.ts";
import { CHUNK_HEADER_BYTES, isFooter, readChunkHeader } from "./chunk-header.ts";
import { decodeChunk } from "./chunk.ts";
import { chunkHash, type ChunkHashes } from "./merkle.ts";

/**
 * Why a run ended: the input holds no further whole chunk, the next one does not fit into the output, as many as were
 * asked for are there, a footer starts, or the next chunk is malformed.
 */
export type RunStop = "input" | "output" | "chunks" | "footer" | Exclude<ChunkFault, "none">;

/** Whole chunks decoded one after the other. */
export interface DecodedRun extends ChunkHashes {
  readonly lengths: Uint32Array;
  /** Bytes of each chunk in the xorb, header included. */
  readonly packedLengths: Uint32Array;
  /** Bytes of input that these chunks took. */
  readonly consumed: number;
  /** Bytes of output that they gave. */
  readonly produced: number;
  readonly stop: RunStop;
}

/**
 * Decodes and hashes chunks from the start of `input` into `output`, at most `most`. This is the plain JavaScript that
 * the kernel is compared with. It does the same as `Kernel.decodeRun`.
 */
export function decodeRun(input: Uint8Array, output: Uint8Array, most: number): DecodedRun {
  const lengths: number[] = [];
  const packedLengths: number[] = [];
  const hashes: Uint8Array[] = [];
  let consumed = 0;
  let produced = 0;
  const ended = (stop: RunStop): DecodedRun => ({
    lengths: Uint32Array.from(lengths),
    packedLengths: Uint32Array.from(packedLengths),
    hashes: Buffer.concat(hashes),
    consumed,
    produced,
    stop,
  });
  while (lengths.length < most) {
    if (input.byteLength - consumed < CHUNK_HEADER_BYTES) return ended("input");
    if (isFooter(input, consumed)) return ended("footer");
    const header = readChunkHeader(input, consumed);
    if (typeof header === "string") return ended(header as RunStop);
    const from = consumed + CHUNK_HEADER_BYTES;
    const to = from + header.packedLength;
    if (to > input.byteLength) return ended("input");
    if (header.unpackedLength > output.byteLength - produced) return ended("output");
    let content: Uint8Array;
    try {
      content = decodeChunk(header, input.subarray(from, to));
    } catch (error) {
      if (!(error instanceof ChunkFaultError)) throw error;
      return ended(error.fault as RunStop);
    }
    output.set(content, produced);
    lengths.push(content.byteLength);
    packedLengths.push(to - consumed);
    hashes.push(chunkHash(content));
    consumed = to;
    produced += content.byteLength;
  }
  return ended("chunks");
}
