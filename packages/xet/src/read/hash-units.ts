import { HASH_BYTES } from "../format/hash.ts";
import { createKernel, type Kernel, kernelMemory } from "../kernel/kernel.ts";
import type { UnitUse } from "./plan-units.ts";
import type { FetchedUnit } from "./prove-file.ts";
import { isWholeXorb } from "./unit-decoder.ts";

/** Reads bytes of the file that the units were written to: as many as were asked for, or up to its end. */
export type ReadFile = (position: number, length: number) => Promise<Uint8Array>;

/**
 * The same units with the hashes of their chunks, computed from the file that they were written to, where decoding left
 * them out. Chunks that the file has nowhere have no hash, and their unit counts as not verified.
 */
export async function hashUnits(
  fetched: readonly FetchedUnit[],
  read: ReadFile,
): Promise<readonly FetchedUnit[]> {
  const kernel = createKernel(kernelMemory(0));
  const hashed: FetchedUnit[] = [];
  for (const one of fetched) {
    const { unit, result } = one;
    const hashes = new Uint8Array(HASH_BYTES * result.lengths.length);
    let found = 0;
    const done = new Set<number>();
    for (const use of unit.uses) {
      found += await hashUse(one, use, { kernel, read, hashes, done });
    }
    const complete = { ...result, hashes };
    const verified = found === result.lengths.length && isWholeXorb(unit, complete);
    hashed.push({ unit, result: { ...complete, verified } });
  }
  return hashed;
}

/** Hashes the chunks of one use that no other had. Returns how many. */
async function hashUse(
  { unit, result }: FetchedUnit,
  { chunks, offset }: UnitUse,
  io: {
    readonly kernel: Kernel;
    readonly read: ReadFile;
    readonly hashes: Uint8Array;
    readonly done: Set<number>;
  },
): Promise<number> {
  const { kernel, read, hashes, done } = io;
  const before = done.size;
  let at = offset;
  for (let chunk = chunks.start; chunk < chunks.end; chunk += 1) {
    const index = chunk - unit.chunks.start;
    const length = result.lengths[index] as number;
    if (!done.has(index)) {
      const content = await read(at, length);
      // The file ends in a chunk only where a part of it was asked for.
      if (content.byteLength === length) {
        hashes.set(kernel.hashChunk(content), HASH_BYTES * index);
        done.add(index);
      }
    }
    at += length;
  }
  return done.size - before;
}
