import type { Term } from "../read/reconstruction.ts";
import type { Sidecar } from "./sidecar.ts";

/** The lengths of single chunks, as far as they are known. */
export interface KnownLengths {
  /** Notes the lengths of the chunks from `first` on. */
  add(xorb: string, first: number, lengths: Uint32Array): void;
  /** The chunks of a file with these terms, of which parts may have some twice. Undefined when one is not known. */
  inFile(terms: readonly Term[]): Pick<Sidecar, "terms" | "lengths"> | undefined;
}

/** None is known yet. */
export function createKnownLengths(): KnownLengths {
  const xorbs = new Map<string, Map<number, number>>();
  return {
    add(xorb, first, lengths) {
      const own = xorbs.get(xorb) ?? new Map<number, number>();
      xorbs.set(xorb, own);
      for (const [index, length] of lengths.entries()) own.set(first + index, length);
    },
    inFile(terms) {
      const found: { readonly xorb: string; readonly chunks: { start: number; end: number } }[] =
        [];
      const lengths: number[] = [];
      let end = 0;
      for (const { xorb, chunks, offset } of terms.toSorted((a, b) => a.offset - b.offset)) {
        let at = offset;
        for (let chunk = chunks.start; chunk < chunks.end; chunk += 1) {
          const length = xorbs.get(xorb)?.get(chunk);
          if (length === undefined || at > end) return undefined;
          if (at === end) {
            const last = found.at(-1);
            if (last?.xorb === xorb && last.chunks.end === chunk) last.chunks.end += 1;
            else found.push({ xorb, chunks: { start: chunk, end: chunk + 1 } });
            lengths.push(length);
            end += length;
          }
          at += length;
        }
      }
      return { terms: found, lengths: Uint32Array.from(lengths) };
    },
  };
}
