// What a transfer does with every byte: chunk headers, LZ4, byte grouping, keyed BLAKE3. Everything that may be read or
// written is named by its ends; packages/xet/src/kernel/kernel.ts says what lies where.
import { ungroup } from "./bg4";
import { hash } from "./blake3";
import { GROUPED, RESULT } from "./layout";
import { decodeBlock } from "./lz4";

const HEADER_BYTES: usize = 8;
const MAX_UNPACKED: u32 = 131072;
const MAX_PACKED: u32 = 262144;

// Why a run stopped; src/kernel/kernel.ts has their names.
const INPUT: u32 = 0;
const OUTPUT: u32 = 1;
const CHUNKS: u32 = 2;
const FOOTER: u32 = 3;
/** A frame that is not of the form that uploaders make: JavaScript decodes this chunk. */
const UNUSUAL: u32 = 4;
// Faults of a chunk: this much and their place in CHUNK_FAULTS (src/format/chunk-fault.ts).
const FAULT: u32 = 16;
const VERSION: u32 = FAULT + 1;
const SCHEME: u32 = FAULT + 2;
const PACKED_LENGTH: u32 = FAULT + 3;
const UNPACKED_LENGTH: u32 = FAULT + 4;
const STORED_LENGTH: u32 = FAULT + 5;
const LZ4_BLOCK: u32 = FAULT + 7;
const LZ4_LENGTH: u32 = FAULT + 8;

const MAGIC: u32 = 0x184d2204;
// Version 1, independent blocks of at most 64 or 256 KiB, no checksum but that of the header.
const HEADER_64: u32 = 0x824060;
const HEADER_256: u32 = 0xfb5060;
const FRAME_HEADER_BYTES: usize = 7;

/**
 * Decodes and hashes whole chunks from [source, sourceEnd) to [output, outputEnd), at most `most`. The tables
 * take their lengths, packed lengths (header included) and hashes. Without a hash table (0) nothing is hashed. Returns how
 * many; the rest is at RESULT.
 */
export function decodeRun(
  source: usize,
  sourceEnd: usize,
  output: usize,
  outputEnd: usize,
  lengthTable: usize,
  packedTable: usize,
  hashTable: usize,
  most: u32,
): u32 {
  let from = source;
  let to = output;
  let count: u32 = 0;
  let stop = CHUNKS;
  while (count < most) {
    if (sourceEnd - from < HEADER_BYTES) {
      stop = INPUT;
      break;
    }
    const head = load<u64>(from);
    // XETBLOB
    if ((head & 0x00ffffffffffffff) == 0x424f4c42544558) {
      stop = FOOTER;
      break;
    }
    const packed = <u32>(head >> 8) & 0xffffff;
    const scheme = <u32>(head >> 32) & 0xff;
    const unpacked = <u32>(head >> 40);
    if ((head & 0xff) != 0) stop = VERSION;
    else if (scheme > 2) stop = SCHEME;
    else if (packed == 0 || packed > MAX_PACKED) stop = PACKED_LENGTH;
    else if (unpacked == 0 || unpacked > MAX_UNPACKED) stop = UNPACKED_LENGTH;
    else if (scheme == 0 && packed != unpacked) stop = STORED_LENGTH;
    else if (packed > sourceEnd - from - HEADER_BYTES) stop = INPUT;
    else if (unpacked > outputEnd - to) stop = OUTPUT;
    else stop = unpack(from + HEADER_BYTES, packed, scheme, to, unpacked);
    if (stop != CHUNKS) break;
    if (hashTable != 0) hash(to, unpacked, hashTable + ((<usize>count) << 5));
    store<u32>(lengthTable + ((<usize>count) << 2), unpacked);
    store<u32>(packedTable + ((<usize>count) << 2), packed + <u32>HEADER_BYTES);
    count += 1;
    from += HEADER_BYTES + packed;
    to += unpacked;
  }
  store<u32>(RESULT, <u32>(from - source));
  store<u32>(RESULT, <u32>(to - output), 4);
  store<u32>(RESULT, stop, 8);
  return count;
}

/** One chunk; CHUNKS when it went well. */
function unpack(source: usize, packed: u32, scheme: u32, output: usize, unpacked: u32): u32 {
  if (scheme == 0) {
    memory.copy(output, source, packed);
    return CHUNKS;
  }
  // Magic, header, size of the one block, end mark: 15 bytes around it.
  if (packed < 16 || load<u32>(source) != MAGIC) return UNUSUAL;
  const header = load<u32>(source, 4) & 0xffffff;
  if (header != HEADER_64 && header != HEADER_256) return UNUSUAL;
  const block = load<u32>(source, FRAME_HEADER_BYTES);
  const largest: u32 = header == HEADER_64 ? 65536 : 262144;
  if (block > largest || unpacked > largest || block + 15 != packed) return UNUSUAL;
  const from = source + FRAME_HEADER_BYTES + 4;
  if (load<u32>(from + block) != 0) return UNUSUAL;
  const to = scheme == 1 ? output : GROUPED;
  const end = decodeBlock(from, from + block, to, to + unpacked);
  if (end == 0) return LZ4_BLOCK;
  if (end != to + unpacked) return LZ4_LENGTH;
  if (scheme == 2) ungroup(GROUPED, unpacked, output);
  return CHUNKS;
}

/** Puts the keyed BLAKE3 hash of up to 128 KiB at `source` to `out`. */
export function hashChunk(source: usize, length: u32, out: usize): void {
  hash(source, length, out);
}
