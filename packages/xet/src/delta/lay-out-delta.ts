import { XetError } from "../errors.ts";
import {
  type ListedRange,
  rangeOf,
  type Reconstruction,
  type Term,
} from "../read/reconstruction.ts";
import { intersect, type Span } from "../read/span.ts";
import type { DeltaBase } from "./delta-base.ts";
import { type FetchSpan, fetchSpans, spansAt } from "./fetch-spans.ts";
import { createPotentials, type Potentials } from "./potentials.ts";
import { type CandidateTerm, indexCandidateTerms, splitTerm } from "./split-terms.ts";

/** Chunks of a term that are copied or come with a request. */
export interface DeltaPiece {
  readonly term: Term;
  readonly chunks: Span;
  readonly copy: CandidateTerm | undefined;
}

/** How a file is put together of copies and fetches. Places are found later. */
export interface DeltaLayout {
  readonly copies: readonly (DeltaPiece & { readonly copy: CandidateTerm })[];
  readonly fetches: readonly { readonly span: FetchSpan; readonly pieces: readonly DeltaPiece[] }[];
  readonly potentials: (xorb: string) => Potentials;
  /** Terms of bases that contradict the file's. */
  readonly contradictory: ReadonlySet<CandidateTerm>;
}

/** Splits the terms of a file into copies and fetches. Throws `xet/malformed-xorb` when they contradict each other. */
export function layOutDelta(
  parts: readonly Reconstruction[],
  candidates: readonly CandidateTerm[],
  { bases, subRanges }: { readonly bases: readonly DeltaBase[]; readonly subRanges: boolean },
): DeltaLayout {
  const graphs = new Map<string, Potentials>();
  const potentials = (xorb: string): Potentials => {
    const graph = graphs.get(xorb) ?? createPotentials();
    graphs.set(xorb, graph);
    return graph;
  };
  const contradictory = new Set<CandidateTerm>();
  for (const { terms } of parts) {
    for (const { xorb, chunks, length } of terms) {
      if (!potentials(xorb).relate(chunks.start, chunks.end, length)) throw contradiction(xorb);
    }
  }
  for (const one of candidates) {
    if (!potentials(one.xorb).relate(one.chunks.start, one.chunks.end, one.length)) {
      contradictory.add(one);
    }
  }
  const find = indexCandidateTerms(candidates.filter((one) => !contradictory.has(one)));
  const marks = subRanges
    ? Map.groupBy(
        bases.flatMap((base) => base.marks),
        ({ xorb }) => xorb,
      )
    : undefined;
  const copies: (DeltaPiece & { readonly copy: CandidateTerm })[] = [];
  const fetches = new Map<
    string,
    { readonly span: FetchSpan; readonly pieces: Map<string, DeltaPiece> }
  >();

  for (const { terms, ranges } of parts) {
    const byXorb = Map.groupBy(ranges, ({ xorb }) => xorb);
    const split = terms.map((term) => ({ term, parts: splitTerm(term, find) }));
    const missing = new Map<ListedRange, Span[]>();
    for (const { term, parts: own } of split) {
      const range = rangeOf(term.chunks, byXorb.get(term.xorb)) as ListedRange;
      const lacking = own.filter(({ from }) => from === undefined).map(({ chunks }) => chunks);
      missing.set(range, [...(missing.get(range) ?? []), ...lacking]);
    }
    const spans = new Map(
      [...missing].map(([range, spansOf]) => {
        const known = marks && (marks.get(range.xorb) ?? []);
        return [range, fetchSpans(range, spansOf, known)] as const;
      }),
    );
    for (const { term, parts: own } of split) {
      const range = rangeOf(term.chunks, byXorb.get(term.xorb)) as ListedRange;
      const fetched = spansAt(spans.get(range) ?? [], term.chunks);
      for (const span of fetched) {
        const chunks = intersect(span.chunks, term.chunks);
        if (chunks === undefined) continue;
        const { start, end } = span.chunks;
        const key = [term.xorb, start, end, span.bytes.start, span.bytes.end].join(" ");
        const fetch = fetches.get(key) ?? { span, pieces: new Map<string, DeltaPiece>() };
        fetches.set(key, fetch);
        const piece = { term, chunks, copy: undefined };
        fetch.pieces.set([term.offset, chunks.start].join(" "), piece);
      }
      for (const { chunks, from } of own) {
        if (from === undefined) continue;
        for (const rest of subtract(
          chunks,
          fetched.map((span) => span.chunks),
        )) {
          copies.push({ term, chunks: rest, copy: from });
        }
      }
    }
  }
  return {
    copies,
    fetches: [...fetches.values()].map(({ span, pieces }) => ({
      span,
      pieces: [...pieces.values()],
    })),
    potentials,
    contradictory,
  };
}

/** The parts of `span` that are in none of `taken`, which are in order. */
function subtract(span: Span, taken: readonly Span[]): readonly Span[] {
  const rest: Span[] = [];
  let { start } = span;
  for (const one of taken) {
    if (one.start > start) rest.push({ start, end: Math.min(one.start, span.end) });
    start = Math.max(start, one.end);
  }
  if (start < span.end) rest.push({ start, end: span.end });
  return rest.filter(({ start: from, end }) => from < end);
}

/** The error of lengths that cannot all be true. */
export function contradiction(xorb: string): XetError {
  return new XetError(
    `the lengths of the chunks of ${xorb} contradict each other`,
    "xet/malformed-xorb",
    {
      hint: "Fetch the whole file instead of the parts that seem to be missing.",
      data: { xorb, fault: "lengths" },
    },
  );
}
