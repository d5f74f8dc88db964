import type { StoredTerm, XetStore } from "./xet-store.ts";

/** A question for how a file is put together. */
export interface ReconstructionQuestion {
  readonly terms: readonly StoredTerm[];
  /** The part of the file that is asked for. */
  readonly asked:
    | { readonly kind: "whole" | "unsatisfiable" }
    | { readonly kind: "part"; readonly start: number; readonly end: number };
  readonly version: 1 | 2;
  /** Whether the first and the last term are cut to chunks (xet-core's simulator) or whole (seen in production). */
  readonly cutsTerms: boolean;
  /** The signed address of these ranges of a xorb. */
  readonly sign: (xorb: string, ranges: readonly PhysicalRange[]) => string;
}

/** Bytes of a stored xorb, both ends inclusive. */
export interface PhysicalRange {
  readonly start: number;
  readonly end: number;
}

/** Bytes of the file that the terms make. */
export function fileSize(terms: readonly StoredTerm[]): number {
  return terms.reduce((sum, term) => sum + term.unpackedLength, 0);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Term {
  readonly hash: string;
  readonly range: Span;
  readonly unpacked_length: number;
}

/** The answer of `/v1/reconstructions` or `/v2/reconstructions` (hub-docs, docs/xet/api.md), or 416 beyond the file's end. */
export function reconstructionAnswer(store: XetStore, question: ReconstructionQuestion): unknown {
  const { version, sign } = question;
  const { asked } = question;
  const size = fileSize(question.terms);
  // A file of no bytes has no terms, whatever range of it is asked for.
  if (size > 0 && asked.kind === "unsatisfiable") return undefined;
  const wanted = asked.kind === "part" ? asked : { start: 0, end: size };
  const { terms, lead } = select(store, question, wanted);
  const listed: Record<string, unknown[]> = {};
  for (const [hash, own] of Map.groupBy(terms, (term) => term.hash)) {
    const chunks = store.xorb(hash)?.chunks ?? [];
    const ranges = merge(own.map((term) => term.range)).map((span) => ({
      chunks: span,
      bytes: {
        start: chunks[span.start]?.start ?? 0,
        end: (chunks[span.end - 1]?.end ?? 0) - 1,
      },
    }));
    listed[hash] =
      version === 2
        ? [
            {
              url: sign(
                hash,
                ranges.map(({ bytes }) => bytes),
              ),
              ranges,
            },
          ]
        : ranges.map(({ chunks: range, bytes }) => ({
            range,
            url: sign(hash, [bytes]),
            url_range: bytes,
          }));
  }
  return {
    offset_into_first_range: lead,
    terms,
    [version === 2 ? "xorbs" : "fetch_info"]: listed,
  };
}

/** The terms that have some of the wanted bytes, and how many bytes of the first come before those. */
function select(
  store: XetStore,
  { terms, cutsTerms }: ReconstructionQuestion,
  wanted: Span,
): { readonly terms: readonly Term[]; readonly lead: number } {
  const selected: Term[] = [];
  let lead = 0;
  let at = 0;
  for (const { xorb: hash, chunks: range, unpackedLength } of terms) {
    const end = at + unpackedLength;
    if (end > wanted.start && at < wanted.end) {
      const whole = { hash, range, unpacked_length: unpackedLength };
      const inside = { start: wanted.start - at, end: wanted.end - at };
      const { term, skipped } = cutsTerms
        ? cutTerm(store, whole, inside)
        : { term: whole, skipped: 0 };
      if (selected.length === 0) lead = wanted.start - at - skipped;
      selected.push(term);
    }
    at = end;
  }
  return { terms: selected, lead };
}

/** The chunks of a term that have some of its bytes `inside`, and the bytes in front of them. */
function cutTerm(
  store: XetStore,
  term: Term,
  inside: Span,
): { readonly term: Term; readonly skipped: number } {
  const chunks = store.xorb(term.hash)?.chunks ?? [];
  let [start, end] = [term.range.end, term.range.start];
  let [at, skipped, length] = [0, 0, 0];
  for (let index = term.range.start; index < term.range.end; index += 1) {
    const bytes = chunks[index]?.unpackedLength ?? 0;
    if (at + bytes <= inside.start) skipped += bytes;
    else if (at < inside.end) {
      start = Math.min(start, index);
      end = index + 1;
      length += bytes;
    }
    at += bytes;
  }
  return { term: { ...term, range: { start, end }, unpacked_length: length }, skipped };
}

/** Overlapping and adjacent ranges as one, in order. */
function merge(ranges: readonly Span[]): readonly Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}
