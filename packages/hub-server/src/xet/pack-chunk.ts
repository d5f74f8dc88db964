/** How chunks are packed: `auto` takes the shortest, as uploaders do. */
export type ChunkPacking = "auto" | "stored" | "lz4" | "bg4-lz4";

const SCHEMES = { stored: 0, lz4: 1, "bg4-lz4": 2 } as const;

/** A chunk as it stands in a xorb: header and packed content (hub-docs, docs/xet/xorb.md). */
export function packChunk(content: Uint8Array, packing: ChunkPacking = "auto"): Uint8Array {
  const stored = { scheme: 0, payload: content };
  const lz4 = () => ({ scheme: SCHEMES.lz4, payload: lz4Frame(content) });
  const bg4 = () => ({ scheme: SCHEMES["bg4-lz4"], payload: lz4Frame(groupBytes(content)) });
  const tried = {
    auto: () => [stored, lz4(), bg4()],
    stored: () => [stored],
    lz4: () => [stored, lz4()],
    "bg4-lz4": () => [stored, bg4()],
  }[packing]();
  const best = tried.reduce((a, b) => (b.payload.byteLength < a.payload.byteLength ? b : a));
  const packed = new Uint8Array(8 + best.payload.byteLength);
  writeU24(packed, 1, best.payload.byteLength);
  packed[4] = best.scheme;
  writeU24(packed, 5, content.byteLength);
  packed.set(best.payload, 8);
  return packed;
}

function writeU24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 255;
  bytes[at + 1] = (value >>> 8) & 255;
  bytes[at + 2] = value >>> 16;
}

/** Bytes grouped by their place in a word of four. */
function groupBytes(data: Uint8Array): Uint8Array {
  const grouped = new Uint8Array(data.byteLength);
  let at = 0;
  for (let place = 0; place < 4; place += 1) {
    for (let from = place; from < data.byteLength; from += 4) grouped[at++] = data[from] as number;
  }
  return grouped;
}

/** A frame of one independent block without checksums: the only kind that hf_xet makes (measured). */
function lz4Frame(data: Uint8Array): Uint8Array {
  const block = lz4Block(data);
  const [size, check] = data.byteLength <= 65_536 ? [0x40, 0x82] : [0x50, 0xfb];
  const frame = new Uint8Array(7 + 4 + block.byteLength + 4);
  frame.set([0x04, 0x22, 0x4d, 0x18, 0x60, size, check]);
  new DataView(frame.buffer).setUint32(7, block.byteLength, true);
  frame.set(block, 11);
  return frame;
}

const TABLE_BITS = 14;
const table = new Int32Array(1 << TABLE_BITS);

/** An LZ4 block: greedy, by a table of the last place of each hash of four bytes. */
function lz4Block(data: Uint8Array): Uint8Array {
  const length = data.byteLength;
  const out = new Uint8Array(length + Math.ceil(length / 255) + 16);
  table.fill(-1);
  let to = 0;
  const word = (at: number): number =>
    (data[at] as number) |
    ((data[at + 1] as number) << 8) |
    ((data[at + 2] as number) << 16) |
    ((data[at + 3] as number) << 24);
  const long = (count: number): void => {
    let rest = count;
    for (; rest >= 255; rest -= 255) out[to++] = 255;
    out[to++] = rest;
  };
  const literals = (from: number, end: number, match: number): void => {
    const run = end - from;
    out[to++] = (Math.min(run, 15) << 4) | Math.min(match, 15);
    if (run >= 15) long(run - 15);
    out.set(data.subarray(from, end), to);
    to += run;
  };
  let start = 0;
  // The last five bytes are literals, and a match starts at least twelve bytes before the end.
  for (let at = 0; at + 12 < length;) {
    const value = word(at);
    const slot = Math.imul(value, -1_640_531_535) >>> (32 - TABLE_BITS);
    const match = table[slot] as number;
    table[slot] = at;
    if (match < 0 || at - match > 65_535 || word(match) !== value) {
      at += 1 + ((at - start) >> 6);
      continue;
    }
    let matched = 4;
    while (at + matched < length - 5 && data[match + matched] === data[at + matched]) matched += 1;
    literals(start, at, matched - 4);
    out[to++] = (at - match) & 255;
    out[to++] = (at - match) >> 8;
    if (matched - 4 >= 15) long(matched - 4 - 15);
    at += matched;
    start = at;
  }
  literals(start, length, 0);
  return out.subarray(0, to);
}
