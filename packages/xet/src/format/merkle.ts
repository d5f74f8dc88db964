import { blake3Keyed } from "./blake3.ts";
import { DATA_KEY, FILE_KEY, NODE_KEY, VERIFICATION_KEY } from "./hash-keys.ts";
import { EMPTY_FILE_HASH, formatXetHash, HASH_BYTES } from "./hash.ts";

/** Chunks in a row: their lengths, and their raw hashes one after the other. */
export interface ChunkHashes {
  /** Unpacked bytes of each chunk. */
  readonly lengths: readonly number[] | Uint32Array;
  /** 32 bytes a chunk. */
  readonly hashes: Uint8Array;
}

/** Members of a group of nodes: at least three (but for the last of a level), at most so many. */
const LARGEST_GROUP = 9;
/** Byte of a hash whose two low bits end a group when they are zero. */
const DECIDING_BYTE = 24;

/** The raw hash of one chunk's content. */
export function chunkHash(content: Uint8Array): Uint8Array {
  return blake3Keyed(DATA_KEY, content);
}

/**
 * The root of the hash tree over chunks, which is the hash of the xorb that holds exactly these (hub-docs,
 * docs/xet/hashing.md; xet-core, merklehash/aggregated_hashes.rs). Without chunks it is 32 zeros.
 */
function merkleRoot({ lengths, hashes }: ChunkHashes): Uint8Array {
  if (hashes.byteLength !== HASH_BYTES * lengths.length) {
    throw new RangeError(`${hashes.byteLength} bytes of hashes for ${lengths.length} chunks`);
  }
  if (lengths.length === 0) return new Uint8Array(HASH_BYTES);
  let level: Level = { hashes, sizes: [...lengths] };
  while (level.sizes.length > 1) level = parents(level);
  return level.hashes.slice(0, HASH_BYTES);
}

interface Level {
  readonly hashes: Uint8Array;
  readonly sizes: readonly number[];
}

function parents({ hashes, sizes }: Level): Level {
  const joined: Uint8Array[] = [];
  const sums: number[] = [];
  for (let from = 0; from < sizes.length;) {
    const to = from + groupLength(hashes, from, sizes.length);
    let text = "";
    let sum = 0;
    for (let node = from; node < to; node += 1) {
      const size = sizes[node] as number;
      text += `${formatXetHash(hashes, HASH_BYTES * node)} : ${size}\n`;
      sum += size;
    }
    joined.push(blake3Keyed(NODE_KEY, Buffer.from(text, "latin1")));
    sums.push(sum);
    from = to;
  }
  return { hashes: Buffer.concat(joined), sizes: sums };
}

/** How many nodes from `from` on have one parent. */
function groupLength(hashes: Uint8Array, from: number, nodes: number): number {
  const left = nodes - from;
  if (left <= 2) return left;
  const most = Math.min(LARGEST_GROUP, left);
  for (let index = 2; index < most - 1; index += 1) {
    const byte = hashes[HASH_BYTES * (from + index) + DECIDING_BYTE] as number;
    if ((byte & 3) === 0) return index + 1;
  }
  return most;
}

/** The hash of the xorb that holds exactly these chunks, as a string. */
export function xorbHash(chunks: ChunkHashes): string {
  return formatXetHash(merkleRoot(chunks));
}

/**
 * The Xet hash of the file that consists of these chunks, in file order, one used twice counted twice. The chunks are
 * taken as they are: files edited in place have boundaries that no chunker would set.
 */
export function fileHash(chunks: ChunkHashes): string {
  if (chunks.lengths.length === 0) return EMPTY_FILE_HASH;
  return formatXetHash(blake3Keyed(FILE_KEY, merkleRoot(chunks)));
}

/** The hash that an uploader sends for a term to show that it has its chunks. */
export function verificationHash(hashes: Uint8Array): string {
  return formatXetHash(blake3Keyed(VERIFICATION_KEY, hashes));
}
