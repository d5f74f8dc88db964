import { type ListedRange, rangeOf, type Reconstruction } from "./reconstruction.ts";
import { intersect, intersectAll, mergeSpans, type Span } from "./span.ts";

/** Chunks of a unit that the file has at one place. */
export interface UnitUse {
  readonly chunks: Span;
  /** Where the first of them starts in the file. */
  readonly offset: number;
  /** Unpacked bytes of all of them. An upper bound when it is not `exact`. */
  readonly length: number;
  /** False for parts of a term whose length is unknown before they are decoded. */
  readonly exact: boolean;
}

/** One request: a listed range, and every place of the file that its chunks go to. */
export interface FetchUnit extends ListedRange {
  readonly uses: readonly UnitUse[];
  /** The only bytes of the file that are written, in order. */
  readonly within: readonly Span[];
}

/**
 * The requests that bring the parts of a file: every listed range once, however many terms use it, also when several
 * parts list the same one. In the order in which the file needs them.
 */
export function planUnits(parts: readonly Reconstruction[]): readonly FetchUnit[] {
  const units = new Map<string, { range: ListedRange; uses: Map<string, UnitUse> }>();
  for (const { wanted, terms, ranges } of parts) {
    const byXorb = Map.groupBy(ranges, ({ xorb }) => xorb);
    for (const { xorb, chunks, length, offset } of terms) {
      const range = rangeOf(chunks, byXorb.get(xorb));
      if (range === undefined) throw new RangeError("a reconstruction has a range for every term");
      if (intersect({ start: offset, end: offset + length }, wanted) === undefined) continue;
      const key = [xorb, range.chunks.start, range.chunks.end, range.bytes.start].join(" ");
      const unit = units.get(key) ?? { range, uses: new Map<string, UnitUse>() };
      units.set(key, unit);
      unit.uses.set([chunks.start, chunks.end, offset].join(" "), {
        chunks,
        offset,
        length,
        exact: true,
      });
    }
  }
  const within = wantedOf(parts);
  return [...units.values()]
    .map(({ range, uses }) => ({ ...range, uses: [...uses.values()], within }))
    .toSorted((a, b) => firstOffset(a) - firstOffset(b));
}

/** The bytes of the file that parts are for: all from the first to the last. */
export function wantedOf(parts: readonly Reconstruction[]): readonly Span[] {
  return [{ start: parts[0]?.wanted.start ?? 0, end: parts.at(-1)?.wanted.end ?? 0 }];
}

const firstOffset = ({ uses }: FetchUnit): number =>
  uses.reduce((first, { offset }) => Math.min(first, offset), Infinity);

/** The bytes of the file that a unit brings (at most, when a use is not exact), in order. */
export function unitOutputs({ uses, within }: FetchUnit): readonly Span[] {
  return mergeSpans(
    uses.flatMap(({ offset, length }) =>
      intersectAll({ start: offset, end: offset + length }, within),
    ),
  );
}

/**
 * When a signed URL ends, in ms since 1970, by its `Expires`. Undefined when it has none. A 403 before that is no
 * expiry, and a new URL does not cure it.
 */
export function urlExpiry(url: string): number | undefined {
  const expires = new URL(url).searchParams.get("Expires");
  return expires !== null && /^\d{1,12}$/u.test(expires) ? 1000 * Number(expires) : undefined;
}

/**
 * The unit with the URL that a newer reconstruction has for the same chunks. A part of a listed range keeps its bytes.
 * Undefined when the chunks are listed otherwise.
 */
export function renewUnit(unit: FetchUnit, { ranges }: Reconstruction): FetchUnit | undefined {
  const { xorb, chunks, bytes } = unit;
  const found = rangeOf(
    chunks,
    ranges.filter((range) => range.xorb === xorb),
  );
  if (found === undefined) return undefined;
  const isWhole = found.chunks.start === chunks.start && found.chunks.end === chunks.end;
  if (isWhole) return { ...unit, url: found.url, bytes: found.bytes };
  const isInside = found.bytes.start <= bytes.start && bytes.end <= found.bytes.end;
  return isInside ? { ...unit, url: found.url } : undefined;
}
