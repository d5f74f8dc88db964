import { XetError } from "../errors.ts";
import { formatXetHash, HASH_BYTES } from "./hash.ts";

/** A run of chunks of one xorb that a file consists of at one place. */
export interface ShardTerm {
  readonly xorb: string;
  /** Chunk indices, end exclusive. */
  readonly chunks: { readonly start: number; readonly end: number };
  readonly unpackedLength: number;
  /** Shows that the uploader has the chunks. Absent in shards that carry none. */
  readonly verification: string | undefined;
}

/** The entry of a file in a shard. */
export interface ShardFile {
  readonly hash: string;
  /** Plain SHA-256 of the content, lower-case hex, when it was told. */
  readonly sha256: string | undefined;
  readonly terms: readonly ShardTerm[];
}

/** The entry of a xorb in a shard: its chunks in order. */
export interface ShardXorb {
  readonly hash: string;
  /** Bytes of all chunks, unpacked. */
  readonly unpackedLength: number;
  readonly lengths: Uint32Array;
  /** 32 bytes a chunk. Keyed by `Shard.hmacKey` when that is not zero. */
  readonly chunkHashes: Uint8Array;
}

/** The metadata that an uploader sends beside its xorbs. */
export interface Shard {
  readonly files: readonly ShardFile[];
  readonly xorbs: readonly ShardXorb[];
  /** Key of the chunk hashes in shards for deduplication, raw. Undefined when they are plain. */
  readonly hmacKey: Uint8Array | undefined;
}

const RECORD_BYTES = 48;
const HEADER_BYTES = 48;
const FOOTER_BYTES = 200;
const TAG = Buffer.from("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9", "hex");
const VERSION = 2n;
const HAS_VERIFICATION = 0x8000_0000;
const HAS_METADATA = 0x4000_0000;

/** One record of 48 bytes: a hash and four numbers. */
interface ShardRecord {
  readonly hash: string;
  readonly raw: Uint8Array;
  readonly numbers: readonly [number, number, number, number];
}

/**
 * Reads a shard, as uploaded (no footer) or at rest (hub-docs, docs/xet/shard.md; xet-core, metadata_shard). Counts are
 * checked against the bytes before they are used. Throws `xet/malformed-shard`.
 */
export function parseShard(bytes: Uint8Array): Shard {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < HEADER_BYTES || !TAG.every((byte, index) => bytes[index] === byte)) {
    throw malformed("header", 0);
  }
  if (view.getBigUint64(32, true) !== VERSION) throw malformed("version", 32);
  const footerBytes = view.getBigUint64(40, true);
  if (footerBytes !== 0n && footerBytes !== BigInt(FOOTER_BYTES)) throw malformed("footer", 40);
  const end = bytes.byteLength - Number(footerBytes);
  if (end < HEADER_BYTES) throw malformed("footer", 40);
  if (footerBytes !== 0n) checkFooter(view, end);

  let at = HEADER_BYTES;
  const record = (): ShardRecord => {
    if (end - at < RECORD_BYTES) throw malformed("truncated", at);
    const from = at;
    at += RECORD_BYTES;
    const number = (index: number): number => view.getUint32(from + HASH_BYTES + 4 * index, true);
    return {
      hash: formatXetHash(bytes, from),
      raw: bytes.subarray(from, from + HASH_BYTES),
      numbers: [number(0), number(1), number(2), number(3)],
    };
  };
  const records = (count: number): ShardRecord[] => {
    if (count > (end - at) / RECORD_BYTES) throw malformed("count", at);
    return Array.from({ length: count }, record);
  };

  const files: ShardFile[] = [];
  for (let head = record(); !isBookend(head); head = record()) files.push(readFile(head, records));
  const xorbs: ShardXorb[] = [];
  for (let head = record(); !isBookend(head); head = record()) xorbs.push(readXorb(head, records));
  if (footerBytes === 0n && at !== end) throw malformed("bytes behind its end", at);
  const key = footerBytes === 0n ? undefined : bytes.slice(end + 72, end + 72 + HASH_BYTES);
  return { files, xorbs, hmacKey: key?.some((byte) => byte !== 0) ? key : undefined };
}

/** Version 1, and its own place at its end. */
function checkFooter(view: DataView, at: number): void {
  const place = at + FOOTER_BYTES - 8;
  if (view.getBigUint64(at, true) !== 1n) throw malformed("footer", at);
  if (view.getBigUint64(place, true) !== BigInt(at)) throw malformed("footer", place);
}

const isBookend = ({ raw }: ShardRecord): boolean => raw.every((byte) => byte === 0xff);

type Records = (count: number) => readonly ShardRecord[];

function readFile({ hash, numbers }: ShardRecord, records: Records): ShardFile {
  const [flags, count] = numbers;
  const terms = records(count);
  const verified = (flags & HAS_VERIFICATION) === 0 ? [] : records(count);
  // The usual hex digest read by the rule of hash strings: so it is printed by that rule again.
  const [metadata] = (flags & HAS_METADATA) === 0 ? [] : records(1);
  return {
    hash,
    sha256: metadata?.hash,
    terms: terms.map(({ hash: xorb, numbers: [, unpackedLength, start, end] }, index) => {
      if (start >= end) throw malformed("empty term", -1);
      const verification = verified[index]?.hash;
      return { xorb, chunks: { start, end }, unpackedLength, verification };
    }),
  };
}

function readXorb({ hash, numbers }: ShardRecord, records: Records): ShardXorb {
  const [, count, unpackedLength] = numbers;
  const chunks = records(count);
  let sum = 0;
  for (const {
    numbers: [start, length],
  } of chunks) {
    if (start !== sum) throw malformed("chunk position", -1);
    sum += length;
  }
  if (sum !== unpackedLength) throw malformed("length of a xorb", -1);
  return {
    hash,
    unpackedLength,
    lengths: Uint32Array.from(chunks, ({ numbers: [, length] }) => length),
    chunkHashes: Buffer.concat(chunks.map(({ raw }) => raw)),
  };
}

function malformed(fault: string, byte: number): XetError {
  const place = byte < 0 ? "" : ` at byte ${byte}`;
  return new XetError(`malformed shard: ${fault}${place}`, "xet/malformed-shard", {
    hint: "Send the shard as the specification has it (hub-docs, docs/xet/shard.md).",
    data: { fault, ...(byte >= 0 && { byte }) },
  });
}
