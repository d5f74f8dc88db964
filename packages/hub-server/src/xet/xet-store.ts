import {
  createKernel,
  EMPTY_FILE_HASH,
  fileHash,
  type Kernel,
  kernelMemory,
  parseShard,
  parseXorb,
  SLACK_BYTES,
  XetError,
  xorbHash,
  type XorbChunk,
} from "@mlx-download/xet";
import { type BlobSource, memoryBlob, readBlob } from "../store/blob-source.ts";
import { cutChunks } from "./cut-chunks.ts";
import { type ChunkPacking, packChunk } from "./pack-chunk.ts";

/** A xorb at rest: its bytes, and where each of its chunks lies in them. */
export interface StoredXorb {
  readonly blob: BlobSource;
  readonly chunks: readonly XorbChunk[];
}

/** A run of chunks of one xorb that a file has at one place. */
export interface StoredTerm {
  readonly xorb: string;
  /** Chunk indices, end exclusive. */
  readonly chunks: { readonly start: number; readonly end: number };
  readonly unpackedLength: number;
}

/** How a file is put into a store. */
export interface AddFileOptions {
  readonly packing?: ChunkPacking | undefined;
  /** The most chunks of a xorb. Default 1024, about 64 MiB. */
  readonly chunksPerXorb?: number | undefined;
  /** Which of the two chunkers in use cuts it. Default 2, the specification's. */
  readonly chunker?: 1 | 2 | undefined;
}

/** What a Xet storage holds: xorbs by hash, and files as lists of terms by their Xet hash. */
export interface XetStore {
  xorb(hash: string): StoredXorb | undefined;
  file(hash: string): readonly StoredTerm[] | undefined;
  /** The Xet hashes of all files. */
  fileHashes(): readonly string[];
  /** Takes a xorb as uploaded, if it has that hash. Whether it is new. Throws `XetError` for any other bytes. */
  addXorb(hash: string, bytes: Uint8Array): boolean;
  /** Takes the files of a shard as uploaded. Throws `XetError` when it cannot be read or names unknown xorbs. */
  addShard(bytes: Uint8Array): void;
  /** Stores a file as an uploader does: a chunk that is here already is not stored again. Resolves to its Xet hash. */
  addFile(blob: BlobSource, options?: AddFileOptions): Promise<string>;
  /** A xorb whose bytes lie elsewhere, as a store on disk has it. Its hash is believed. */
  linkXorb(hash: string, blob: BlobSource, chunks: readonly XorbChunk[]): void;
}

const WINDOW_BYTES = 1 << 20;
// The most of a xorb (hub-docs, docs/xet/xorb.md).
const XORB_BYTES = 64 * 1024 * 1024;

/** An empty store in memory. */
export function createXetStore(): XetStore {
  const xorbs = new Map<string, StoredXorb>();
  const files = new Map<string, readonly StoredTerm[]>([[EMPTY_FILE_HASH, []]]);
  /** Where the content of a chunk is, by its raw hash. */
  const index = new Map<string, { readonly xorb: string; readonly chunk: number }>();
  let kernel: Kernel | undefined;
  const kernelOf = (): Kernel =>
    (kernel ??= createKernel(kernelMemory(2 * (WINDOW_BYTES + SLACK_BYTES))));

  const keep = (hash: string, bytes: Uint8Array, hashes: Uint8Array): boolean => {
    if (xorbs.has(hash)) return false;
    xorbs.set(hash, { blob: memoryBlob(bytes), chunks: parseXorb(bytes).chunks });
    for (let chunk = 0; 32 * chunk < hashes.byteLength; chunk += 1) {
      const key = rawKey(hashes.subarray(32 * chunk, 32 * chunk + 32));
      if (!index.has(key)) index.set(key, { xorb: hash, chunk });
    }
    return true;
  };

  return {
    xorb: (hash) => xorbs.get(hash),
    file: (hash) => files.get(hash),
    fileHashes: () => [...files.keys()],
    linkXorb: (hash, blob, chunks) => void xorbs.set(hash, { blob, chunks }),
    addXorb(hash, bytes) {
      const { chunks } = parseXorb(bytes);
      const packed = bytes.subarray(0, chunks.at(-1)?.end ?? 0);
      const found = hashChunks(kernelOf(), packed);
      if (xorbHash(found) !== hash) throw refused(`the content is not that of xorb ${hash}`);
      return keep(hash, packed, found.hashes);
    },
    addShard(bytes) {
      for (const { hash, terms } of parseShard(bytes).files) {
        for (const { xorb, chunks } of terms) {
          const count = xorbs.get(xorb)?.chunks.length ?? 0;
          if (chunks.end > count) throw refused(`xorb ${xorb} has no chunk ${chunks.end - 1}`);
        }
        files.set(hash, terms);
      }
    },
    async addFile(blob, { packing, chunksPerXorb = 1024, chunker = 2 } = {}) {
      const lengths: number[] = [];
      const hashes: Uint8Array[] = [];
      let fresh: { content: Uint8Array; packed: Uint8Array; hash: Uint8Array }[] = [];
      let freshBytes = 0;
      const known = new Set<string>();
      const flush = (): void => {
        if (fresh.length === 0) return;
        const raw = Buffer.concat(fresh.map((one) => one.hash));
        const whole = { lengths: fresh.map((one) => one.content.byteLength), hashes: raw };
        keep(xorbHash(whole), Buffer.concat(fresh.map((one) => one.packed)), raw);
        fresh = [];
        freshBytes = 0;
        known.clear();
      };
      for await (const content of cutChunks(readBlob(blob), chunker)) {
        const hash = kernelOf().hashChunk(content);
        const key = rawKey(hash);
        lengths.push(content.byteLength);
        hashes.push(hash);
        if (index.has(key) || known.has(key)) continue;
        const packed = packChunk(content, packing);
        if (freshBytes + packed.byteLength > XORB_BYTES || fresh.length === chunksPerXorb) flush();
        known.add(key);
        fresh.push({ content, packed, hash });
        freshBytes += packed.byteLength;
      }
      flush();
      const raw = Buffer.concat(hashes);
      const hash = lengths.length === 0 ? EMPTY_FILE_HASH : fileHash({ lengths, hashes: raw });
      files.set(hash, termsOf(lengths, hashes, index));
      return hash;
    },
  };
}

/** The file's chunks as runs of the xorbs that have them. */
function termsOf(
  lengths: readonly number[],
  hashes: readonly Uint8Array[],
  index: ReadonlyMap<string, { readonly xorb: string; readonly chunk: number }>,
): readonly StoredTerm[] {
  const terms: { xorb: string; chunks: { start: number; end: number }; unpackedLength: number }[] =
    [];
  for (const [at, length] of lengths.entries()) {
    const found = index.get(rawKey(hashes[at] as Uint8Array));
    if (found === undefined)
      throw new RangeError("every chunk of a file is stored before its terms");
    const last = terms.at(-1);
    if (last?.xorb === found.xorb && last.chunks.end === found.chunk) {
      last.chunks.end += 1;
      last.unpackedLength += length;
    } else {
      const chunks = { start: found.chunk, end: found.chunk + 1 };
      terms.push({ xorb: found.xorb, chunks, unpackedLength: length });
    }
  }
  return terms;
}

/** Length and hash of each chunk of a xorb, unpacked. Throws `XetError` when one cannot be. */
function hashChunks(
  kernel: Kernel,
  packed: Uint8Array,
): { readonly lengths: readonly number[]; readonly hashes: Uint8Array } {
  const input = kernel.room.start;
  const output = { start: input + WINDOW_BYTES + SLACK_BYTES, end: 0 };
  output.end = output.start + WINDOW_BYTES;
  const lengths: number[] = [];
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < packed.byteLength;) {
    const part = packed.subarray(at, at + WINDOW_BYTES);
    kernel.bytes.set(part, input);
    const run = kernel.decodeRun({ start: input, end: input + part.byteLength }, output);
    if (run.consumed === 0) throw refused(`chunk ${lengths.length}: ${run.stop}`);
    lengths.push(...run.lengths);
    hashes.push(run.hashes.slice());
    at += run.consumed;
  }
  return { lengths, hashes: Buffer.concat(hashes) };
}

const rawKey = (hash: Uint8Array): string => Buffer.from(hash).toString("latin1");

function refused(fault: string): XetError {
  return new XetError(`the upload is refused: ${fault}`, "xet/malformed-xorb", {
    hint: "Upload the file again.",
    data: { fault },
  });
}
