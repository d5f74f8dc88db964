import { XetError } from "../errors.ts";
import type { DecodedRun } from "../format/decode-run.ts";
import { type ChunkHashes, xorbHash } from "../format/merkle.ts";
import type { Kernel, Region } from "../kernel/kernel.ts";
import type { FetchUnit, UnitUse } from "./plan-units.ts";
import { intersect, intersectAll } from "./span.ts";

/** The chunks of a unit that was decoded to its end. */
export interface UnitResult extends ChunkHashes {
  readonly lengths: Uint32Array;
  /** Bytes of each chunk in the stored xorb, header included. */
  readonly packedLengths: Uint32Array;
  /** Of each chunk. Empty where they were left out: see `hashUnits`. */
  readonly hashes: Uint8Array;
  /** The unit is its whole xorb, and the root of the tree over its chunks is the xorb's hash: its content is verified. */
  readonly verified: boolean;
}

/** Turns the bytes of a unit into bytes of the file, as they come. */
export interface UnitDecoder {
  /** Bytes of the unit that were decoded. A new request may leave them out. */
  readonly consumed: number;
  /**
   * Decodes the whole chunks in `input`, which goes on where the last one ended, and writes their content. Returns the
   * bytes of input that they took. Throws `xet/malformed-xorb`, and the errors of `write`.
   */
  decode(input: Region): number;
  /** Checks that all is there, and nothing beyond it. Throws `xet/malformed-xorb`. */
  finish(): UnitResult;
  /** The rest to fetch: the unit from the next chunk on, undefined when nothing is left. */
  rest(): FetchUnit | undefined;
}

/** The inputs of a decoder. */
export interface UnitDecoderIo {
  readonly kernel: Kernel;
  /** A window of the kernel's memory, at least 128 KiB. */
  readonly output: Region;
  /** Keeps bytes of the file. They change after it returned. */
  readonly write: (bytes: Uint8Array, position: number) => void;
  /** False leaves out the chunks' hashes, for those who prove the file otherwise. */
  readonly hashes?: boolean;
}

/** A decoder at the start of `unit`. */
export function createUnitDecoder(unit: FetchUnit, io: UnitDecoderIo): UnitDecoder {
  const { kernel, output, write, hashes = true } = io;
  const unitBytes = unit.bytes.end - unit.bytes.start;
  const runs: DecodedRun[] = [];
  const cursors = unit.uses.map(({ offset }) => offset);
  let next = unit.chunks.start;
  let consumed = 0;
  const malformed = (fault: string): XetError =>
    malformedUnit(unit, { fault, chunk: next, consumed });

  /** Writes the parts of a run that the uses need. */
  const place = ({ lengths }: DecodedRun): void => {
    const run = { start: next, end: next + lengths.length };
    const ends = [0];
    for (const length of lengths) ends.push((ends.at(-1) as number) + length);
    for (const [index, use] of unit.uses.entries()) {
      const part = intersect(use.chunks, run);
      if (part === undefined) continue;
      const from = ends[part.start - next] as number;
      const length = (ends[part.end - next] as number) - from;
      const offset = cursors[index] as number;
      if (offset + length > use.offset + use.length) throw malformed("term too long");
      if (use.exact && part.end === use.chunks.end && offset + length !== use.offset + use.length) {
        throw malformed("term too short");
      }
      const at = output.start + from - offset;
      for (const kept of intersectAll({ start: offset, end: offset + length }, unit.within)) {
        write(kernel.bytes.subarray(at + kept.start, at + kept.end), kept.start);
      }
      cursors[index] = offset + length;
    }
  };

  return {
    get consumed() {
      return consumed;
    },
    decode({ start, end }) {
      let from = start;
      for (;;) {
        const run = kernel.decodeRun({ start: from, end }, output, { hashes });
        if (next + run.lengths.length > unit.chunks.end) throw malformed("too many chunks");
        if (run.lengths.length > 0) {
          place(run);
          runs.push(run);
          next += run.lengths.length;
          from += run.consumed;
          consumed += run.consumed;
        }
        if (run.stop === "input") break;
        if (run.stop === "chunks" || (run.stop === "output" && run.produced > 0)) continue;
        throw malformed(run.stop);
      }
      return from - start;
    },
    finish() {
      if (next !== unit.chunks.end) throw malformed("truncated");
      if (consumed !== unitBytes) throw malformed("length of the range");
      const result = joinRuns(runs);
      return { ...result, verified: hashes && isWholeXorb(unit, result) };
    },
    rest: () => (next === unit.chunks.end ? undefined : restOf(unit, { next, consumed, cursors })),
  };
}

/** Whether the unit is its xorb, from the first chunk to the last, with the xorb's content. */
export function isWholeXorb(
  { xorb, chunks, bytes }: FetchUnit,
  result: Omit<UnitResult, "verified">,
): boolean {
  return chunks.start === 0 && bytes.start === 0 && xorbHash(result) === xorb;
}

function restOf(
  unit: FetchUnit,
  at: { readonly next: number; readonly consumed: number; readonly cursors: readonly number[] },
): FetchUnit {
  const uses = unit.uses.flatMap(({ chunks, offset, length, exact }, index): UnitUse[] => {
    if (chunks.end <= at.next) return [];
    const cursor = at.cursors[index] as number;
    const start = Math.max(chunks.start, at.next);
    return [
      {
        chunks: { start, end: chunks.end },
        offset: cursor,
        length: offset + length - cursor,
        exact,
      },
    ];
  });
  return {
    ...unit,
    chunks: { start: at.next, end: unit.chunks.end },
    bytes: { start: unit.bytes.start + at.consumed, end: unit.bytes.end },
    uses,
  };
}

function joinRuns(runs: readonly DecodedRun[]): Omit<UnitResult, "verified"> {
  const join = (parts: readonly Uint32Array[]): Uint32Array => {
    const joined = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  };
  return {
    lengths: join(runs.map(({ lengths }) => lengths)),
    packedLengths: join(runs.map(({ packedLengths }) => packedLengths)),
    hashes: Buffer.concat(runs.map(({ hashes }) => hashes)),
  };
}

/** The error of a unit whose bytes are not its chunks, which names it. */
function malformedUnit(
  { xorb, chunks, bytes, url }: FetchUnit,
  at: { readonly fault: string; readonly chunk: number; readonly consumed: number },
): XetError {
  const byte = bytes.start + at.consumed;
  return new XetError(
    `malformed xorb ${xorb}: ${at.fault} at chunk ${at.chunk}, byte ${byte}`,
    "xet/malformed-xorb",
    {
      hint: "Fetch the range again over another connection. If it stays so, fetch the file by the plain route.",
      data: {
        xorb,
        chunks,
        bytes,
        host: new URL(url).host,
        fault: at.fault,
        chunk: at.chunk,
        byte,
      },
    },
  );
}
