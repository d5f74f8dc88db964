import { XetError } from "../errors.ts";
import {
  CHUNK_HEADER_BYTES,
  type ChunkScheme,
  FOOTER_TAG,
  isFooter,
  readChunkHeader,
} from "./chunk-header.ts";
import { formatXetHash, HASH_BYTES } from "./hash.ts";

/** The most chunks of a xorb (hub-docs, docs/xet/xorb.md). */
const MAX_XORB_CHUNKS = 8192;

/** Where one chunk of a xorb lies. */
export interface XorbChunk {
  /** First byte of its header, and the first byte behind it. */
  readonly start: number;
  readonly end: number;
  readonly scheme: ChunkScheme;
  readonly unpackedLength: number;
}

/** The footer behind the chunks of a xorb at rest. Uploads carry none, and readers never get one. */
export interface XorbFooter {
  readonly version: 0 | 1;
  readonly hash: string;
  /** 32 bytes a chunk. */
  readonly chunkHashes: Uint8Array;
}

/** A xorb's chunks, and its footer when it has one. */
export interface Xorb {
  readonly chunks: readonly XorbChunk[];
  readonly footer: XorbFooter | undefined;
}

/**
 * The chunks of a whole xorb, with a footer of version 0 or 1 or none. Nothing is unpacked. Every length is checked against
 * the bytes, and the footer against the chunks. Throws `xet/malformed-xorb`.
 */
export function parseXorb(bytes: Uint8Array): Xorb {
  const chunks: XorbChunk[] = [];
  let start = 0;
  while (start < bytes.byteLength) {
    if (isFooter(bytes, start)) return { chunks, footer: parseFooter(bytes, start, chunks) };
    const chunk = chunks.length;
    if (bytes.byteLength - start < CHUNK_HEADER_BYTES) throw malformed("truncated", { chunk });
    const header = readChunkHeader(bytes, start);
    if (typeof header === "string") throw malformed(header, { chunk });
    const end = start + CHUNK_HEADER_BYTES + header.packedLength;
    if (end > bytes.byteLength) throw malformed("truncated", { chunk });
    if (chunks.length === MAX_XORB_CHUNKS) throw malformed("too many chunks", { chunk });
    const { scheme, unpackedLength } = header;
    chunks.push({ start, end, scheme, unpackedLength });
    start = end;
  }
  return { chunks, footer: undefined };
}

/** The footer between `at` and the last four bytes, which hold its length. */
function parseFooter(bytes: Uint8Array, at: number, chunks: readonly XorbChunk[]): XorbFooter {
  const reader = footerReader(bytes.subarray(at), at);
  reader.tag(FOOTER_TAG);
  const version = reader.byte();
  const footer =
    version === 0 ? footer0(reader, chunks) : version === 1 ? footer1(reader, chunks) : undefined;
  if (footer === undefined) throw malformed(`footer version ${version}`, { byte: at });
  const length = reader.position;
  if (reader.u32() !== length || reader.left !== 0) throw malformed("footer", { byte: at });
  return footer;
}

/** Hash, number of chunks, where each ends, their hashes, 16 bytes (xet-core, xorb_object_format.rs). */
function footer0(reader: FooterReader, chunks: readonly XorbChunk[]): XorbFooter {
  const hash = formatXetHash(reader.take(HASH_BYTES));
  reader.expect(chunks.length);
  for (const { end } of chunks) reader.expect(end);
  const chunkHashes = reader.take(HASH_BYTES * chunks.length).slice();
  reader.take(16);
  return { version: 0, hash, chunkHashes };
}

/** Hash, section of hashes, section of boundaries, number of chunks, two distances and 16 bytes. */
function footer1(reader: FooterReader, chunks: readonly XorbChunk[]): XorbFooter {
  const hash = formatXetHash(reader.take(HASH_BYTES));
  const hashSection = reader.position;
  reader.tag(Buffer.from("XBLBHSH\0", "latin1"));
  reader.expect(chunks.length);
  const chunkHashes = reader.take(HASH_BYTES * chunks.length).slice();
  const boundarySection = reader.position;
  reader.tag(Buffer.from("XBLBBND\u0001", "latin1"));
  reader.expect(chunks.length);
  for (const { end } of chunks) reader.expect(end);
  let unpacked = 0;
  for (const { unpackedLength } of chunks) reader.expect((unpacked += unpackedLength));
  reader.expect(chunks.length);
  const end = reader.position + 8 + 16;
  reader.expect(end - hashSection);
  reader.expect(end - boundarySection);
  reader.take(16);
  return { version: 1, hash, chunkHashes };
}

interface FooterReader {
  readonly position: number;
  readonly left: number;
  take(length: number): Uint8Array;
  tag(bytes: Uint8Array): void;
  byte(): number;
  u32(): number;
  /** The next 32-bit number is this one. */
  expect(value: number): void;
}

function footerReader(bytes: Uint8Array, at: number): FooterReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  const reader: FooterReader = {
    get position() {
      return position;
    },
    get left() {
      return bytes.byteLength - position;
    },
    take(length) {
      if (length > bytes.byteLength - position) throw malformed("footer", { byte: at + position });
      position += length;
      return bytes.subarray(position - length, position);
    },
    tag(wanted) {
      const from = position;
      const found = reader.take(wanted.byteLength);
      if (wanted.some((byte, index) => found[index] !== byte)) {
        throw malformed("footer", { byte: at + from });
      }
    },
    byte: () => reader.take(1)[0] as number,
    u32() {
      reader.take(4);
      return view.getUint32(position - 4, true);
    },
    expect(value) {
      if (reader.u32() !== value) throw malformed("footer", { byte: at + position - 4 });
    },
  };
  return reader;
}

function malformed(fault: string, data: Readonly<Record<string, number>>): XetError {
  const place = Object.entries(data).map(([name, value]) => `${name} ${value}`);
  return new XetError(`malformed xorb: ${fault} at ${place.join(", ")}`, "xet/malformed-xorb", {
    hint: "Fetch the xorb again. If it stays so, fetch the file by the plain route.",
    data: { fault, ...data },
  });
}
