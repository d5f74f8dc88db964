import { type FetchUnit, type UnitUse, wantedOf } from "../read/plan-units.ts";
import type { Reconstruction } from "../read/reconstruction.ts";
import { intersectAll } from "../read/span.ts";
import type { UnitResult } from "../read/unit-decoder.ts";
import { type DeltaBase, type ReadBase, resolveTerm } from "./delta-base.ts";
import { createKnownLengths } from "./known-lengths.ts";
import { contradiction, type DeltaLayout, type DeltaPiece, layOutDelta } from "./lay-out-delta.ts";
import type { Sidecar } from "./sidecar.ts";
import type { CandidateTerm } from "./split-terms.ts";

/** Bytes that a base on this disk has. */
export interface DeltaCopy {
  readonly baseId: string;
  /** Where they are in the base. */
  readonly from: number;
  /** Where they belong in the file. */
  readonly to: number;
  readonly length: number;
}

/** The steps that can be done now. */
export interface DeltaSteps {
  readonly copies: readonly DeltaCopy[];
  readonly units: readonly FetchUnit[];
}

/** How a file is made of files on this disk and of fetched ranges. */
export interface DeltaPlan {
  /** Bytes of the file that are copied. */
  readonly copyBytes: number;
  /** Bytes that are fetched. */
  readonly wireBytes: number;
  /** Requests in all. */
  readonly requests: number;
  /**
   * Copies and units whose places in the file are known and that were not taken yet. Each is given out once. A chunk that is
   * missing at several places of a term has its place only when the chunks in front of it are decoded.
   */
  take(): DeltaSteps;
  /** Notes the chunks of a unit, by which the places of others are known. Throws `xet/malformed-xorb` when they contradict the file. */
  learn(unit: FetchUnit, result: Pick<UnitResult, "lengths">): void;
  /** Whether everything was given out. */
  readonly complete: boolean;
  /** The facts of the finished file for a sidecar. Undefined as long as not all of its chunks are known. */
  chunks(): Pick<Sidecar, "terms" | "lengths"> | undefined;
}

/** The options of a plan. */
export interface PlanDeltaOptions {
  /** Whether parts of a listed range may be asked for. Otherwise each is fetched whole. */
  readonly subRanges?: boolean;
  /** Reads the bases whose chunks are not known, some 128 KiB a chunk. Without it, such terms are fetched. */
  readonly read?: ReadBase;
}

/**
 * Plans a file over the files on this disk that share xorbs with it. Chunks are identical when they have the same index of the same
 * xorb. Wherever something does not add up, those bytes are fetched. The copies are as good as the bases: verify the
 * finished file by its SHA-256.
 */
export async function planDelta(
  parts: readonly Reconstruction[],
  bases: readonly DeltaBase[],
  options: PlanDeltaOptions = {},
): Promise<DeltaPlan> {
  const shared = new Set(parts.flatMap(({ terms }) => terms.map(({ xorb }) => xorb)));
  let candidates = bases.flatMap(({ id, terms }) =>
    terms
      .filter(({ xorb }) => shared.has(xorb))
      .map((term): CandidateTerm => ({ ...term, baseId: id })),
  );
  for (;;) {
    const attempt = layOutDelta(parts, candidates, {
      bases,
      subRanges: options.subRanges ?? false,
    });
    const bad = await resolveCandidates(attempt, options.read);
    if (bad.size === 0) return createPlan(attempt, parts);
    // Less can be copied, so more is missing: everything is laid out again without them.
    candidates = candidates.filter((one) => !bad.has(one));
  }
}

/** Finds out where the ends of all copies lie in their bases. Returns the terms of bases for which that fails. */
async function resolveCandidates(
  { copies, potentials, contradictory }: DeltaLayout,
  read: ReadBase | undefined,
): Promise<ReadonlySet<CandidateTerm>> {
  const bad = new Set(contradictory);
  for (const [candidate, own] of Map.groupBy(copies, ({ copy }) => copy)) {
    const { baseId, xorb } = candidate;
    const cuts = own.flatMap(({ chunks }) => [chunks.start, chunks.end]);
    const sound = await resolveTerm(candidate, cuts, {
      potentials: potentials(xorb),
      read: read && ((position, length) => read(baseId, position, length)),
    });
    if (!sound) bad.add(candidate);
  }
  return bad;
}

function createPlan(
  { copies, fetches, potentials }: DeltaLayout,
  parts: readonly Reconstruction[],
): DeltaPlan {
  const within = wantedOf(parts);
  const length = ({ term, chunks }: DeltaPiece): number | undefined =>
    potentials(term.xorb).distance(chunks.start, chunks.end);
  /** Where a piece starts in the file, when that is known. */
  const place = ({ term, chunks }: DeltaPiece): number | undefined => {
    const lead = potentials(term.xorb).distance(term.chunks.start, chunks.start);
    return lead === undefined ? undefined : term.offset + lead;
  };
  const copyOf = (piece: DeltaPiece & { readonly copy: CandidateTerm }): DeltaCopy | undefined => {
    const { copy, chunks, term } = piece;
    const [to, bytes] = [place(piece), length(piece)];
    const lead = potentials(term.xorb).distance(copy.chunks.start, chunks.start);
    if (to === undefined || bytes === undefined || lead === undefined) return undefined;
    const [kept] = intersectAll({ start: to, end: to + bytes }, within);
    const cut = (kept?.start ?? to) - to;
    const from = copy.offset + lead + cut;
    return { baseId: copy.baseId, from, to: to + cut, length: kept ? kept.end - kept.start : 0 };
  };
  const unitOf = ({ span, pieces }: DeltaLayout["fetches"][number]): FetchUnit | undefined => {
    const uses: UnitUse[] = [];
    for (const piece of pieces) {
      const offset = place(piece);
      if (offset === undefined) return undefined;
      const exact = length(piece);
      const most = piece.term.offset + piece.term.length - offset;
      uses.push({
        chunks: piece.chunks,
        offset,
        length: exact ?? most,
        exact: exact !== undefined,
      });
    }
    return { ...span.range, chunks: span.chunks, bytes: span.bytes, uses, within };
  };
  const known = createKnownLengths();
  for (const copy of new Set(copies.map((piece) => piece.copy))) {
    if (copy.lengths !== undefined) known.add(copy.xorb, copy.chunks.start, copy.lengths);
  }
  const waitingCopies = new Set(copies);
  const waitingFetches = new Set(fetches);
  return {
    copyBytes: copies.reduce((sum, piece) => sum + (length(piece) ?? 0), 0),
    wireBytes: fetches.reduce((sum, { span }) => sum + span.bytes.end - span.bytes.start, 0),
    requests: fetches.length,
    get complete() {
      return waitingCopies.size === 0 && waitingFetches.size === 0;
    },
    take() {
      const ready: { copies: DeltaCopy[]; units: FetchUnit[] } = { copies: [], units: [] };
      for (const piece of waitingCopies) {
        const copy = copyOf(piece);
        if (copy === undefined) continue;
        waitingCopies.delete(piece);
        if (copy.length > 0) ready.copies.push(copy);
      }
      for (const fetch of waitingFetches) {
        const unit = unitOf(fetch);
        if (unit === undefined) continue;
        waitingFetches.delete(fetch);
        ready.units.push(unit);
      }
      return ready;
    },
    learn({ xorb, chunks, uses }, { lengths }) {
      const graph = potentials(xorb);
      const points = [chunks, ...uses.map((use) => use.chunks)].flatMap(({ start, end }) => [
        start,
        end,
      ]);
      let [chunk, sum] = [chunks.start, 0];
      for (const point of [...new Set(points)].toSorted((a, b) => a - b)) {
        for (; chunk < point; chunk += 1) sum += lengths[chunk - chunks.start] as number;
        if (!graph.relate(chunks.start, point, sum)) throw contradiction(xorb);
      }
      known.add(xorb, chunks.start, lengths);
    },
    chunks: () => known.inFile(parts.flatMap(({ terms }) => terms)),
  };
}
