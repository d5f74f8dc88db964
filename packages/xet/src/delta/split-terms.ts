import type { Term } from "../read/reconstruction.ts";
import type { Span } from "../read/span.ts";
import type { BaseTerm } from "./delta-base.ts";

/** A term of a base, and which base. */
export interface CandidateTerm extends BaseTerm {
  readonly baseId: string;
}

/** Chunks of a new term that a base has, or that none has. */
export interface TermPart {
  readonly chunks: Span;
  readonly from: CandidateTerm | undefined;
}

/** Finds which base has the chunks of a xorb. */
export type FindCandidateTerm = (
  xorb: string,
  chunk: number,
) => { readonly best: CandidateTerm | undefined; readonly next: number };

/**
 * An index over the terms of bases: for a chunk the one that reaches furthest, and where the next one starts if there is
 * none.
 */
export function indexCandidateTerms(candidates: readonly CandidateTerm[]): FindCandidateTerm {
  const byXorb = new Map<
    string,
    { readonly starts: CandidateTerm[]; readonly furthest: CandidateTerm[] }
  >();
  for (const [xorb, own] of Map.groupBy(candidates, (one) => one.xorb)) {
    const starts = own.toSorted((a, b) => a.chunks.start - b.chunks.start);
    // Of all that start no later, which reaches furthest.
    let best = starts[0] as CandidateTerm;
    const furthest = starts.map((one) => {
      if (one.chunks.end > best.chunks.end) best = one;
      return best;
    });
    byXorb.set(xorb, { starts, furthest });
  }
  return (xorb, chunk) => {
    const found = byXorb.get(xorb);
    if (found === undefined) return { best: undefined, next: Infinity };
    let low = 0;
    let high = found.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((found.starts[middle] as CandidateTerm).chunks.start <= chunk) low = middle + 1;
      else high = middle;
    }
    const last = found.furthest[low - 1];
    const best = last !== undefined && last.chunks.end > chunk ? last : undefined;
    return { best, next: found.starts[low]?.chunks.start ?? Infinity };
  };
}

/** Splits a term into runs that a base has and runs that none has. */
export function splitTerm({ xorb, chunks }: Term, find: FindCandidateTerm): readonly TermPart[] {
  const parts: TermPart[] = [];
  for (let { start } = chunks; start < chunks.end;) {
    const { best: from, next } = find(xorb, start);
    const end = Math.min(chunks.end, from?.chunks.end ?? next);
    parts.push({ chunks: { start, end }, from });
    start = end;
  }
  return parts;
}
