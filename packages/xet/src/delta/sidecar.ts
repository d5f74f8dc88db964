import { crc32 } from "node:zlib";
import { XetError } from "../errors.ts";
import { MAX_CHUNK_BYTES } from "../format/chunker.ts";
import { formatXetHash, HASH_BYTES, parseXetHash } from "../format/hash.ts";
import type { Span } from "../read/span.ts";

/** A run of chunks of one xorb, in file order. */
export interface SidecarTerm {
  readonly xorb: string;
  readonly chunks: Span;
}

/** Where a chunk of a stored xorb starts, as some listed range told. */
export interface XorbMark {
  readonly xorb: string;
  readonly chunk: number;
  readonly byte: number;
}

/**
 * The record beside a finished file by which a newer one can be made of it: its chunks, and how long
 * they are. 3 bytes a chunk, 12 a term, 32 a xorb: some 50 kB a GB.
 */
export interface Sidecar {
  readonly fileHash: string;
  readonly size: number;
  readonly terms: readonly SidecarTerm[];
  /** Unpacked bytes of each chunk, in file order. */
  readonly lengths: Uint32Array;
  /** Ends of the ranges that the storage listed: by them parts of a listed range may be found later. */
  readonly marks: readonly XorbMark[];
}

const TAG = "mlx-xet1";
const HEAD_BYTES = 8 + HASH_BYTES + 8 + 4 * 4;
const RECORD_BYTES = 12;
const CHUNK_BYTES = 3;
const CRC_BYTES = 4;

/** The bytes of a sidecar: little-endian, a CRC-32 at the end. */
export function encodeSidecar({ fileHash, size, terms, lengths, marks }: Sidecar): Uint8Array {
  const xorbs = new Map<string, number>();
  const indexOf = (xorb: string): number => {
    const index = xorbs.get(xorb) ?? xorbs.size;
    xorbs.set(xorb, index);
    return index;
  };
  const records = [
    ...terms.map(({ xorb, chunks }) => [indexOf(xorb), chunks.start, chunks.end] as const),
    ...marks.map(({ xorb, chunk, byte }) => [indexOf(xorb), chunk, byte] as const),
  ];
  const total =
    HEAD_BYTES +
    HASH_BYTES * xorbs.size +
    RECORD_BYTES * records.length +
    CHUNK_BYTES * lengths.length +
    CRC_BYTES;
  const bytes = Buffer.alloc(total);
  bytes.write(TAG, "latin1");
  bytes.set(parseXetHash(fileHash), 8);
  bytes.writeBigUInt64LE(BigInt(size), 40);
  bytes.writeUInt32LE(xorbs.size, 48);
  bytes.writeUInt32LE(terms.length, 52);
  bytes.writeUInt32LE(marks.length, 56);
  bytes.writeUInt32LE(lengths.length, 60);
  let at = HEAD_BYTES;
  for (const xorb of xorbs.keys()) {
    bytes.set(parseXetHash(xorb), at);
    at += HASH_BYTES;
  }
  for (const record of records) for (const number of record) at = bytes.writeUInt32LE(number, at);
  for (const length of lengths) at = bytes.writeUIntLE(length, at, CHUNK_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, at)), at);
  return bytes;
}

/**
 * Reads the output of `encodeSidecar`. Every count is checked against the bytes, and the chunks against the size. Throws
 * `xet/invalid-sidecar`: do without it then.
 */
export function decodeSidecar(source: Uint8Array): Sidecar {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (bytes.byteLength < HEAD_BYTES + CRC_BYTES) throw invalid("truncated");
  if (bytes.toString("latin1", 0, 8) !== TAG) throw invalid("format");
  const end = bytes.byteLength - CRC_BYTES;
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) throw invalid("checksum");
  const [xorbCount, termCount, markCount, chunkCount] = [48, 52, 56, 60].map((place) =>
    bytes.readUInt32LE(place),
  ) as [number, number, number, number];
  const total =
    HEAD_BYTES +
    HASH_BYTES * xorbCount +
    RECORD_BYTES * (termCount + markCount) +
    CHUNK_BYTES * chunkCount;
  if (total !== end) throw invalid("counts");
  let at = HEAD_BYTES;
  const xorbs = Array.from({ length: xorbCount }, () => {
    at += HASH_BYTES;
    return formatXetHash(bytes, at - HASH_BYTES);
  });
  const record = (): readonly [string, number, number] => {
    const xorb = xorbs[bytes.readUInt32LE(at)];
    if (xorb === undefined) throw invalid("xorb index");
    at += RECORD_BYTES;
    return [xorb, bytes.readUInt32LE(at - 8), bytes.readUInt32LE(at - 4)];
  };
  let chunks = 0;
  const terms = Array.from({ length: termCount }, (): SidecarTerm => {
    const [xorb, from, to] = record();
    if (from >= to) throw invalid("empty term");
    chunks += to - from;
    return { xorb, chunks: { start: from, end: to } };
  });
  const marks = Array.from({ length: markCount }, (): XorbMark => {
    const [xorb, chunk, byte] = record();
    return { xorb, chunk, byte };
  });
  if (chunks !== chunkCount) throw invalid("number of chunks");
  const lengths = new Uint32Array(chunkCount);
  let sum = 0;
  for (let index = 0; index < chunkCount; index += 1, at += CHUNK_BYTES) {
    const length = bytes.readUIntLE(at, CHUNK_BYTES);
    if (length === 0 || length > MAX_CHUNK_BYTES) throw invalid("length of a chunk");
    lengths[index] = length;
    sum += length;
  }
  if (BigInt(sum) !== bytes.readBigUInt64LE(40)) throw invalid("size");
  return { fileHash: formatXetHash(bytes, 8), size: sum, terms, lengths, marks };
}

function invalid(fault: string): XetError {
  return new XetError(`not a sidecar of a file in Xet storage: ${fault}`, "xet/invalid-sidecar", {
    hint: "Delete it: it only helps to fetch less.",
    data: { fault },
  });
}
