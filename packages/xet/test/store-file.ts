import { chunkLengths, createKernel, fileHash, kernelMemory, xorbHash } from "../src/index.ts";
import { packChunk } from "./build-xorb.ts";
import type { TestCas } from "./test-cas.ts";

// Plain JavaScript takes seconds for a few megabytes.
const kernel = createKernel(kernelMemory(0));

/** How a file is put into a storage. */
export interface StoreOptions {
  /** Lengths of its chunks; as chunker 2 cuts when absent. */
  readonly lengths?: readonly number[];
  /** Chunks a xorb; 100 when absent. */
  readonly perXorb?: number;
  readonly scheme?: 0 | 1 | 2;
}

/** Stores `data` as an uploader does that knows chunks by their hash: what is there already is not stored again. */
export function storeFile(cas: TestCas, data: Uint8Array, options: StoreOptions = {}): string {
  const lengths = options.lengths ?? chunkLengths(data);
  const known = chunkIndex(cas);
  const hashes: Uint8Array[] = [];
  const contents: Uint8Array[] = [];
  let start = 0;
  for (const length of lengths) {
    const content = data.subarray(start, (start += length));
    contents.push(content);
    hashes.push(kernel.hashChunk(content));
  }
  const fresh = new Map<string, number>();
  for (const [index, raw] of hashes.entries()) {
    const key = Buffer.from(raw).toString("hex");
    if (!known.has(key) && !fresh.has(key)) fresh.set(key, index);
  }
  const order = [...fresh];
  const perXorb = options.perXorb ?? 100;
  for (let from = 0; from < order.length; from += perXorb) {
    const part = order.slice(from, from + perXorb).map(([key, index]) => ({ key, index }));
    const xorb = xorbHash({
      lengths: part.map(({ index }) => lengths[index] ?? 0),
      hashes: Buffer.concat(part.map(({ index }) => hashes[index] ?? new Uint8Array())),
    });
    const scheme = options.scheme ?? 0;
    const packed = part.map(({ index }) => packChunk(contents[index] ?? new Uint8Array(), scheme));
    cas.xorbs.set(xorb, Buffer.concat(packed));
    for (const [place, { key }] of part.entries()) known.set(key, { xorb, place });
    chunkIndexes.set(cas, known);
  }
  const terms: { xorb: string; chunks: { start: number; end: number }; unpackedLength: number }[] =
    [];
  for (const [index, raw] of hashes.entries()) {
    const at = known.get(Buffer.from(raw).toString("hex")) ?? { xorb: "", place: 0 };
    const last = terms.at(-1);
    const length = lengths[index] ?? 0;
    if (last?.xorb === at.xorb && last.chunks.end === at.place) {
      last.chunks.end += 1;
      last.unpackedLength += length;
    } else {
      const chunks = { start: at.place, end: at.place + 1 };
      terms.push({ xorb: at.xorb, chunks, unpackedLength: length });
    }
  }
  const hash = fileHash({ lengths, hashes: Buffer.concat(hashes) });
  const stored = terms.map((term) => ({ ...term, verification: undefined }));
  cas.files.set(hash, { hash, sha256: undefined, terms: stored });
  return hash;
}

const chunkIndexes = new WeakMap<TestCas, Map<string, { xorb: string; place: number }>>();

function chunkIndex(cas: TestCas): Map<string, { xorb: string; place: number }> {
  return chunkIndexes.get(cas) ?? new Map();
}
