import { XetError } from "../errors.ts";
import { HASH_BYTES } from "../format/hash.ts";
import { type ChunkHashes, fileHash } from "../format/merkle.ts";
import type { FetchUnit } from "./plan-units.ts";
import type { Span } from "./span.ts";
import type { UnitResult } from "./unit-decoder.ts";

/** A unit and the chunks it turned out to have. */
export interface FetchedUnit {
  readonly unit: FetchUnit;
  readonly result: UnitResult;
}

/** The file that fetched units should make up. */
export interface ExpectedFile {
  /** The Xet hash that the tree lists. */
  readonly fileHash: string;
  readonly size: number;
}

/** Chunks of a file in file order, and the runs of their xorbs: the content of a sidecar. */
export interface FileChunks extends ChunkHashes {
  readonly lengths: Uint32Array;
  readonly terms: readonly { readonly xorb: string; readonly chunks: Span }[];
}

/**
 * The chunks of a file of which every byte was fetched, in file order, when their hash is the file's. Each unit was
 * decoded to its end. Throws `xet/hash-mismatch`, which names the units that are not verified by their own xorb's hash:
 * one of them is wrong.
 */
export function proveFile(
  fetched: readonly FetchedUnit[],
  { fileHash: wanted, size }: ExpectedFile,
): FileChunks {
  const uses = fetched.flatMap(({ unit, result }) =>
    unit.uses.map((use) => {
      return { ...use, xorb: unit.xorb, first: use.chunks.start - unit.chunks.start, result };
    }),
  );
  uses.sort((a, b) => a.offset - b.offset);
  const lengths: number[] = [];
  const hashes: Uint8Array[] = [];
  const terms: { readonly xorb: string; readonly chunks: { start: number; end: number } }[] = [];
  let end = 0;
  for (const { chunks, offset, first, result, xorb } of uses) {
    let at = offset;
    for (let index = first; index < first + chunks.end - chunks.start; index += 1) {
      const length = result.lengths[index] as number;
      // Parts that were asked for one by one have the terms at their borders twice.
      if (at === end) {
        lengths.push(length);
        hashes.push(result.hashes.subarray(HASH_BYTES * index, HASH_BYTES * (index + 1)));
        end += length;
        const chunk = chunks.start + index - first;
        const last = terms.at(-1);
        if (last?.xorb === xorb && last.chunks.end === chunk) last.chunks.end += 1;
        else terms.push({ xorb, chunks: { start: chunk, end: chunk + 1 } });
      } else if (at > end) throw new RangeError(`bytes ${end} to ${at} were not fetched`);
      at += length;
    }
  }
  if (end !== size) throw new RangeError(`${end} of ${size} bytes were fetched`);
  const chunks = { lengths: Uint32Array.from(lengths), hashes: Buffer.concat(hashes), terms };
  const actual = fileHash(chunks);
  if (actual === wanted) return chunks;
  const suspects = fetched
    .filter(({ result }) => !result.verified)
    .map(({ unit: { xorb, chunks: span, bytes, url } }) => {
      return { xorb, chunks: span, bytes, host: new URL(url).host };
    });
  throw new XetError(
    `the chunks of the file have the Xet hash ${actual}, not ${wanted}`,
    "xet/hash-mismatch",
    {
      hint: "Fetch the suspect ranges again over another connection. If it stays so, fetch the file by the plain route.",
      data: { expected: wanted, actual, suspects },
    },
  );
}
