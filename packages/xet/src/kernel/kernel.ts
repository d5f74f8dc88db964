import { inflateRawSync } from "node:zlib";
import { CHUNK_FAULTS, type ChunkFault, ChunkFaultError } from "../format/chunk-fault.ts";
import { CHUNK_HEADER_BYTES, readChunkHeader } from "../format/chunk-header.ts";
import { decodeChunk } from "../format/chunk.ts";
import { MAX_CHUNK_BYTES } from "../format/chunker.ts";
import type { DecodedRun, RunStop } from "../format/decode-run.ts";
import { DATA_KEY } from "../format/hash-keys.ts";
import { HASH_BYTES } from "../format/hash.ts";
import { KERNEL_WASM } from "./kernel-wasm.ts";

/** A place in the kernel's memory. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/** Decodes and hashes chunks that lie in its memory, which threads can share. One caller at a time. */
export interface Kernel {
  /** All of its memory. */
  readonly bytes: Uint8Array;
  /** The part of it that is for the caller's windows. Behind each of them `SLACK_BYTES` must stay unused. */
  readonly room: Region;
  /**
   * Decodes and hashes whole chunks from `input` into `output`, at most 512. The same as `decodeRun`, but faster. With
   * `hashes: false` it hashes nothing, and the run has none: that takes a third of the time for stored chunks.
   */
  decodeRun(input: Region, output: Region, options?: { readonly hashes?: boolean }): DecodedRun;
  /** The raw chunk hash of up to 128 KiB. */
  hashChunk(content: Uint8Array): Uint8Array;
}

/** Copies in the kernel write so much further than they should. */
export const SLACK_BYTES = 64;

/** The exports of the kernel (kernel/assembly/kernel.ts). */
interface Exports {
  decodeRun(
    source: number,
    sourceEnd: number,
    output: number,
    outputEnd: number,
    lengthTable: number,
    packedTable: number,
    hashTable: number,
    most: number,
  ): number;
  hashChunk(source: number, length: number, out: number): void;
}

const PAGE_BYTES = 65_536;
// kernel/assembly/layout.ts
const KEY = 0;
const RESULT = 128;
const GROUPED = 8192;
// Behind the kernel's own places: the tables of a run, then the windows.
const MOST_CHUNKS = 512;
const LENGTHS = 139_520;
const PACKED = LENGTHS + 4 * MOST_CHUNKS;
const HASHES = PACKED + 4 * MOST_CHUNKS;
const ROOM = HASHES + HASH_BYTES * MOST_CHUNKS;
// No table can lie where the key is.
const NO_TABLE = 0;

const STOPS = ["input", "output", "chunks", "footer"] as const;
const UNUSUAL = 4;
const FAULT = 16;

/** A shared `WebAssembly.Memory`: it can be sent to a thread. */
export interface KernelMemory {
  readonly buffer: SharedArrayBuffer;
}

// Node's types have it only together with those of a browser.
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Memory: new (pages: object) => KernelMemory;
    readonly Module: new (binary: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  };
};

let compiled: object | undefined;

/** Memory for a kernel with `roomBytes` for windows. It never grows. */
export function kernelMemory(roomBytes: number): KernelMemory {
  const pages = Math.ceil((ROOM + roomBytes) / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** Starts a kernel in memory of its own (`kernelMemory`). */
export function createKernel(memory: KernelMemory): Kernel {
  compiled ??= new WebAssembly.Module(inflateRawSync(Buffer.from(KERNEL_WASM, "base64")));
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  const wasm = instance.exports as Exports;
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  bytes.set(DATA_KEY, KEY);

  /** Decodes the chunk at `from` in JavaScript: no uploader is known that makes such frames. */
  const decodeUnusual = (
    from: number,
    to: number,
    hashAt: number | undefined,
    index: number,
  ): { readonly packed: number; readonly unpacked: number } | ChunkFault => {
    const header = readChunkHeader(bytes, from);
    if (typeof header === "string") return header;
    const start = from + CHUNK_HEADER_BYTES;
    try {
      bytes.set(decodeChunk(header, bytes.slice(start, start + header.packedLength)), to);
    } catch (error) {
      if (error instanceof ChunkFaultError) return error.fault;
      throw error;
    }
    const { unpackedLength: unpacked } = header;
    const packed = CHUNK_HEADER_BYTES + header.packedLength;
    if (hashAt !== undefined) wasm.hashChunk(to, unpacked, hashAt);
    view.setUint32(LENGTHS + 4 * index, unpacked, true);
    view.setUint32(PACKED + 4 * index, packed, true);
    return { packed, unpacked };
  };

  const check = ({ start, end }: Region): void => {
    if (!(start >= ROOM && start <= end && end + SLACK_BYTES <= bytes.byteLength)) {
      throw new RangeError(`${start} to ${end} is no place for a window`);
    }
  };

  return {
    bytes,
    room: { start: ROOM, end: bytes.byteLength },
    decodeRun(input, output, { hashes = true } = {}) {
      check(input);
      check(output);
      let from = input.start;
      let to = output.start;
      let count = 0;
      let stop: RunStop | undefined;
      while (stop === undefined) {
        const left = MOST_CHUNKS - count;
        const hashTable = hashes ? HASHES + HASH_BYTES * count : NO_TABLE;
        const tables = [LENGTHS + 4 * count, PACKED + 4 * count, hashTable] as const;
        count += wasm.decodeRun(from, input.end, to, output.end, ...tables, left);
        from += view.getUint32(RESULT, true);
        to += view.getUint32(RESULT + 4, true);
        const code = view.getUint32(RESULT + 8, true);
        if (code !== UNUSUAL) stop = stopOf(code);
        else {
          const hashAt = hashes ? HASHES + HASH_BYTES * count : undefined;
          const decoded = decodeUnusual(from, to, hashAt, count);
          if (typeof decoded === "string") stop = decoded as RunStop;
          else {
            from += decoded.packed;
            to += decoded.unpacked;
            count += 1;
          }
        }
      }
      return {
        lengths: new Uint32Array(bytes.slice(LENGTHS, LENGTHS + 4 * count).buffer),
        packedLengths: new Uint32Array(bytes.slice(PACKED, PACKED + 4 * count).buffer),
        hashes: bytes.slice(HASHES, HASHES + (hashes ? HASH_BYTES * count : 0)),
        consumed: from - input.start,
        produced: to - output.start,
        stop,
      };
    },
    hashChunk(content) {
      if (content.byteLength > MAX_CHUNK_BYTES) throw new RangeError("a chunk has up to 128 KiB");
      bytes.set(content, GROUPED);
      wasm.hashChunk(GROUPED, content.byteLength, HASHES);
      return bytes.slice(HASHES, HASHES + HASH_BYTES);
    },
  };
}

function stopOf(code: number): RunStop {
  const stop = code >= FAULT ? CHUNK_FAULTS[code - FAULT] : STOPS[code];
  if (stop === undefined || stop === "none") throw new Error(`the kernel stopped with ${code}`);
  return stop;
}
