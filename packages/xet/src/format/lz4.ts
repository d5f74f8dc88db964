import { ChunkFaultError } from "./chunk-fault.ts";
import { xxh32 } from "./xxh32.ts";

const MAGIC = 0x184d2204;
const VERSION = 0b01;
const INDEPENDENT = 1 << 5;
const BLOCK_CHECKSUM = 1 << 4;
const CONTENT_SIZE = 1 << 3;
const CONTENT_CHECKSUM = 1 << 2;
const RESERVED_FLAG = 1 << 1;
const DICTIONARY = 1 << 0;
const RESERVED_BLOCK_BITS = 0b1000_1111;
const STORED = 0x8000_0000;
const MIN_MATCH = 4;

/**
 * Decodes one LZ4 frame that fills `frame` and holds exactly as many bytes as `output` has (lz4, doc/lz4_Frame_format.md
 * 1.6.4). All of it is checked: reserved bits, header, block and content checksums, content size. Dictionaries are
 * refused. Throws `ChunkFaultError`.
 */
export function decodeLz4Frame(frame: Uint8Array, output: Uint8Array): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const { flags, blockBytes, headerBytes } = frameHeader(view, output.byteLength);
  let from = headerBytes;
  let to = 0;
  for (;;) {
    need(view, from + 4);
    const word = view.getUint32(from, true);
    from += 4;
    if (word === 0) break;
    const length = word & ~STORED;
    if (length === 0 || length > blockBytes) throw new ChunkFaultError("lz4-frame");
    need(view, from + length);
    const block = frame.subarray(from, from + length);
    from += length;
    if ((flags & BLOCK_CHECKSUM) !== 0) {
      need(view, from + 4);
      if (xxh32(block) !== view.getUint32(from, true)) throw new ChunkFaultError("lz4-checksum");
      from += 4;
    }
    const history = (flags & INDEPENDENT) === 0 ? 0 : to;
    const limit = Math.min(output.byteLength, to + blockBytes);
    if ((word & STORED) === 0) to = decodeLz4Block(block, output, { history, start: to, limit });
    else {
      if (to + length > limit) throw new ChunkFaultError("lz4-length");
      output.set(block, to);
      to += length;
    }
  }
  if (to !== output.byteLength) throw new ChunkFaultError("lz4-length");
  if ((flags & CONTENT_CHECKSUM) !== 0) {
    need(view, from + 4);
    if (xxh32(output) !== view.getUint32(from, true)) throw new ChunkFaultError("lz4-checksum");
    from += 4;
  }
  if (from !== frame.byteLength) throw new ChunkFaultError("lz4-frame");
}

function need(view: DataView, end: number): void {
  if (end > view.byteLength) throw new ChunkFaultError("lz4-frame");
}

interface FrameHeader {
  readonly flags: number;
  /** The most bytes of one block. */
  readonly blockBytes: number;
  readonly headerBytes: number;
}

function frameHeader(view: DataView, outputBytes: number): FrameHeader {
  need(view, 7);
  if (view.getUint32(0, true) !== MAGIC) throw new ChunkFaultError("lz4-frame");
  const flags = view.getUint8(4);
  const block = view.getUint8(5);
  const size = block >> 4;
  const allowed =
    flags >> 6 === VERSION &&
    (flags & (RESERVED_FLAG | DICTIONARY)) === 0 &&
    (block & RESERVED_BLOCK_BITS) === 0 &&
    size >= 4;
  if (!allowed) throw new ChunkFaultError("lz4-frame");
  const sized = (flags & CONTENT_SIZE) !== 0;
  const headerBytes = sized ? 15 : 7;
  need(view, headerBytes);
  const described = new Uint8Array(view.buffer, view.byteOffset + 4, headerBytes - 5);
  if (view.getUint8(headerBytes - 1) !== ((xxh32(described) >>> 8) & 0xff)) {
    throw new ChunkFaultError("lz4-checksum");
  }
  if (sized && view.getBigUint64(6, true) !== BigInt(outputBytes)) {
    throw new ChunkFaultError("lz4-length");
  }
  return { flags, blockBytes: 2 ** (8 + 2 * size), headerBytes };
}

/** Where a block's bytes go. */
interface BlockOutput {
  /** The first byte of the output that a match may reach back to. */
  readonly history: number;
  readonly start: number;
  /** The first byte that may not be written. */
  readonly limit: number;
}

/**
 * Decodes an LZ4 block (lz4, doc/lz4_Block_format.md) into `output`. Returns where it ends. It ends with literals,
 * reaches back at most to `history`, and writes nothing from `limit` on. Throws `ChunkFaultError`.
 */
function decodeLz4Block(
  block: Uint8Array,
  output: Uint8Array,
  { history, start, limit }: BlockOutput,
): number {
  const { byteLength: end } = block;
  const wrong = (): ChunkFaultError => new ChunkFaultError("lz4-block");
  let from = 0;
  let to = start;
  /** The rest of a length whose four bits are all set. */
  const rest = (): number => {
    let sum = 0;
    for (;;) {
      if (from >= end) throw wrong();
      const byte = block[from++] as number;
      sum += byte;
      if (byte !== 255) return sum;
    }
  };
  for (;;) {
    if (from >= end) throw wrong();
    const token = block[from++] as number;
    let literals = token >> 4;
    if (literals === 15) literals += rest();
    if (literals > end - from || literals > limit - to) throw wrong();
    output.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === end) return to;
    if (end - from < 2) throw wrong();
    const offset = (block[from] as number) | ((block[from + 1] as number) << 8);
    from += 2;
    let length = token & 15;
    if (length === 15) length += rest();
    length += MIN_MATCH;
    if (offset === 0 || offset > to - history || length > limit - to) throw wrong();
    if (offset >= length) output.copyWithin(to, to - offset, to - offset + length);
    else
      for (let index = 0; index < length; index += 1) {
        output[to + index] = output[to + index - offset] as number;
      }
    to += length;
  }
}
