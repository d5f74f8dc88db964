import {
  blindLengths,
  type ChunkerVersion,
  endsByContent,
  MAX_CHUNK_BYTES,
  nextChunkLength,
} from "../format/chunker.ts";
import type { Reconstruction } from "../read/reconstruction.ts";
import type { Span } from "../read/span.ts";
import type { Potentials } from "./potentials.ts";
import type { Sidecar, XorbMark } from "./sidecar.ts";

/** A file on this disk that a newer one may share chunks with. */
export interface DeltaBase {
  /** The caller's name for the file. */
  readonly id: string;
  readonly terms: readonly BaseTerm[];
  readonly marks: readonly XorbMark[];
}

/** A run of chunks of one xorb in a base. */
export interface BaseTerm {
  readonly xorb: string;
  readonly chunks: Span;
  readonly length: number;
  /** Where it starts in the base. */
  readonly offset: number;
  /** Unpacked bytes of each of its chunks, when they are known. */
  readonly lengths?: Uint32Array;
}

/** Reads bytes of a base: as many as were asked for, or up to its end. */
export type ReadBase = (id: string, position: number, length: number) => Promise<Uint8Array>;

/** A base whose chunks are known. */
export function baseFromSidecar(id: string, { terms, lengths, marks }: Sidecar): DeltaBase {
  let first = 0;
  let offset = 0;
  const known = terms.map(({ xorb, chunks }): BaseTerm => {
    const own = lengths.subarray(first, (first += chunks.end - chunks.start));
    const length = own.reduce((sum, one) => sum + one, 0);
    const start = offset;
    offset += length;
    return { xorb, chunks, length, offset: start, lengths: own };
  });
  return { id, terms: known, marks };
}

/** A base of which only the reconstruction is known: where its chunks end is found out by cutting it as uploaders do. */
export function baseFromReconstruction(id: string, parts: readonly Reconstruction[]): DeltaBase {
  return {
    id,
    terms: parts.flatMap(({ terms }) => terms),
    marks: parts.flatMap(({ ranges }) => marksOf(ranges)),
  };
}

/** Both ends of each range. */
export function marksOf(ranges: Reconstruction["ranges"]): readonly XorbMark[] {
  return ranges.flatMap(({ xorb, chunks, bytes }) => [
    { xorb, chunk: chunks.start, byte: bytes.start },
    { xorb, chunk: chunks.end, byte: bytes.end },
  ]);
}

/**
 * Connects the chunks `cuts` of a base's term with its start, by known lengths, by its chunks, or by cutting the file again
 * between them. False when that cannot be done or does not add up to the term: it is not to be used then.
 */
export async function resolveTerm(
  term: BaseTerm,
  cuts: readonly number[],
  io: {
    readonly potentials: Potentials;
    readonly read: ((position: number, length: number) => Promise<Uint8Array>) | undefined;
  },
): Promise<boolean> {
  const { potentials, read } = io;
  const { chunks, lengths } = term;
  const points = [...new Set([chunks.start, ...cuts, chunks.end])].toSorted((a, b) => a - b);
  if (lengths !== undefined) {
    let [chunk, sum] = [chunks.start, 0];
    return points.every((point) => {
      for (; chunk < point; chunk += 1) sum += lengths[chunk - chunks.start] as number;
      return potentials.relate(chunks.start, point, sum);
    });
  }
  const isOpen = (point: number): boolean => potentials.distance(chunks.start, point) === undefined;
  if (!points.some(isOpen)) return true;
  if (read === undefined) return false;
  for (const version of [2, 1] satisfies ChunkerVersion[]) {
    const found = await cutTerm(term, points, { potentials, read, version });
    if (found !== undefined) {
      return points.every((point, index) =>
        potentials.relate(chunks.start, point, found[index] as number),
      );
    }
  }
  return false;
}

/** The file of a base, and which chunker it is cut by. */
interface Cutting {
  readonly read: (position: number, length: number) => Promise<Uint8Array>;
  readonly version: ChunkerVersion;
}

/**
 * How far each point lies behind the start of the term, cutting only where no other source gives it. Undefined when a known part
 * does not end where a chunk can, or all pieces together are not as long as the term: then the other chunker was at work,
 * or the file was edited in place.
 */
async function cutTerm(
  { chunks, length, offset }: BaseTerm,
  points: readonly number[],
  io: Cutting & { readonly potentials: Potentials },
): Promise<readonly number[] | undefined> {
  const found = [0];
  let at = 0;
  for (const [index, point] of points.slice(1).entries()) {
    const from = points[index] as number;
    const known = io.potentials.distance(from, point);
    if (known === undefined) {
      for (let chunk = from; chunk < point; chunk += 1) {
        // Beyond the term too: its last chunk must end where the data says, or any cuts would add up to it.
        const bytes = await io.read(offset + at, MAX_CHUNK_BYTES);
        const next = nextChunkLength(bytes.subarray(0, MAX_CHUNK_BYTES), 0, io.version);
        if (next === 0) return undefined;
        at += next;
      }
    } else {
      at += known;
      // Cutting from a wrong place finds back to the right ones within a chunk or two, and would hide a wrong count.
      if (point < chunks.end && !(await isBoundary(offset + at, offset, io))) return undefined;
    }
    if (at > length) return undefined;
    found.push(at);
  }
  return at === length ? found : undefined;
}

// Forced cuts follow each other where the data never changes. Beyond a few it is cheaper to fetch.
const MOST_BLIND_CUTS = 8;

/** Whether a chunk can end at `place` of a file, where one starts at `start`. */
async function isBoundary(
  place: number,
  start: number,
  { read, version }: Cutting,
): Promise<boolean> {
  let open = [place];
  for (let depth = 0; depth < MOST_BLIND_CUTS && open.length > 0; depth += 1) {
    const before: number[] = [];
    for (const end of open) {
      if (end === start) return true;
      const from = Math.max(0, end - MAX_CHUNK_BYTES);
      // One byte more: the shortest chunk ends by its content, and not where the bytes do.
      const bytes = await read(from, end - from + 1);
      if (endsByContent(bytes, end - from)) return true;
      for (const length of blindLengths(version)) {
        const head = bytes.subarray(end - from - length);
        const fits = end - start >= length && nextChunkLength(head, 0, version) === length;
        if (fits) before.push(end - length);
      }
    }
    open = before;
  }
  return false;
}
