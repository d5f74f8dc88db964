import { xxh32 } from "../src/format/xxh32.ts";

/** How a frame is made; what is left out is as hf_xet makes it: one independent block, no checksums. */
export interface FrameOptions {
  /** Bytes of a block; all in one when absent. */
  readonly blockBytes?: number;
  readonly linked?: boolean;
  readonly blockChecksums?: boolean;
  readonly contentChecksum?: boolean;
  readonly contentSize?: boolean;
  /** Blocks are kept as they are. */
  readonly stored?: boolean;
}

const u32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
};

/** An LZ4 block of `data` from `start` on that may reach back to `history`: greedy, by a table of four-byte hashes. */
function lz4Block(data: Uint8Array, history: number, start: number, end: number): Uint8Array {
  const out: number[] = [];
  const seen = new Map<number, number>();
  const word = (at: number): number =>
    ((data[at] ?? 0) |
      ((data[at + 1] ?? 0) << 8) |
      ((data[at + 2] ?? 0) << 16) |
      ((data[at + 3] ?? 0) << 24)) >>>
    0;
  const long = (length: number): void => {
    for (let rest = length - 15; rest >= 0; rest -= 255) out.push(Math.min(rest, 255));
  };
  for (let at = history; at < start; at += 1) seen.set(word(at), at);
  let literals = start;
  let at = start;
  while (at + 12 < end) {
    const match = seen.get(word(at));
    seen.set(word(at), at);
    if (match === undefined || at - match > 65_535) {
      at += 1;
      continue;
    }
    let length = 4;
    while (at + length < end - 5 && data[match + length] === data[at + length]) length += 1;
    const run = at - literals;
    out.push((Math.min(run, 15) << 4) | Math.min(length - 4, 15));
    if (run >= 15) long(run);
    out.push(...data.subarray(literals, at), (at - match) & 255, (at - match) >> 8);
    if (length - 4 >= 15) long(length - 4);
    at += length;
    literals = at;
  }
  const run = end - literals;
  out.push(Math.min(run, 15) << 4);
  if (run >= 15) long(run);
  out.push(...data.subarray(literals, end));
  return Uint8Array.from(out);
}

/** An LZ4 frame of `data`. */
export function lz4Frame(data: Uint8Array, options: FrameOptions = {}): Uint8Array {
  const blockBytes = options.blockBytes ?? Math.max(data.byteLength, 1);
  const sizeCode = [4, 5, 6, 7].find((code) => 2 ** (8 + 2 * code) >= blockBytes) ?? 7;
  const flags =
    0x40 |
    (options.linked ? 0 : 0x20) |
    (options.blockChecksums ? 0x10 : 0) |
    (options.contentSize ? 0x08 : 0) |
    (options.contentChecksum ? 0x04 : 0);
  const size = new Uint8Array(options.contentSize ? 8 : 0);
  if (options.contentSize) {
    new DataView(size.buffer).setBigUint64(0, BigInt(data.byteLength), true);
  }
  const described = Uint8Array.of(flags, sizeCode << 4, ...size);
  const parts: Uint8Array[] = [
    u32(0x184d2204),
    described,
    Uint8Array.of((xxh32(described) >>> 8) & 0xff),
  ];
  for (let start = 0; start < data.byteLength; start += blockBytes) {
    const end = Math.min(start + blockBytes, data.byteLength);
    const history = options.linked ? Math.max(0, start - 65_535) : start;
    const block = options.stored ? data.slice(start, end) : lz4Block(data, history, start, end);
    parts.push(u32(options.stored ? block.byteLength + 0x8000_0000 : block.byteLength), block);
    if (options.blockChecksums) parts.push(u32(xxh32(block)));
  }
  parts.push(u32(0));
  if (options.contentChecksum) parts.push(u32(xxh32(data)));
  return Buffer.concat(parts);
}

/** Bytes grouped by their place in a word of four. */
function groupBytes(data: Uint8Array): Uint8Array {
  const places = [0, 1, 2, 3].map((place) => data.filter((_, index) => index % 4 === place));
  return Buffer.concat(places);
}

/** A chunk as it stands in a xorb: header and packed content. */
export function packChunk(
  content: Uint8Array,
  scheme: 0 | 1 | 2,
  frame: FrameOptions = {},
): Uint8Array {
  const packed =
    scheme === 0 ? content : lz4Frame(scheme === 1 ? content : groupBytes(content), frame);
  const [clen, ulen] = [packed.byteLength, content.byteLength];
  const bytes24 = (value: number): number[] => [value & 255, (value >> 8) & 255, value >> 16];
  return Buffer.concat([Uint8Array.of(0, ...bytes24(clen), scheme, ...bytes24(ulen)), packed]);
}
