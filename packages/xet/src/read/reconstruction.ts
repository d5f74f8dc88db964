import { XetError } from "../errors.ts";
import { CHUNK_HEADER_BYTES, MAX_PACKED_BYTES } from "../format/chunk-header.ts";
import { MAX_CHUNK_BYTES } from "../format/chunker.ts";
import { isXetHash } from "../format/hash.ts";
import type { Span } from "./span.ts";

/** A run of chunks of one xorb, at one place of the file. */
export interface Term {
  readonly xorb: string;
  readonly chunks: Span;
  /** Unpacked bytes of these chunks. */
  readonly length: number;
  /** Where they start in the file. */
  readonly offset: number;
}

/** Bytes of a xorb that may be asked for with one URL and one `Range`: whole chunks, however many terms use them. */
export interface ListedRange {
  readonly xorb: string;
  readonly chunks: Span;
  /** Bytes of the stored xorb. */
  readonly bytes: Span;
  /** Signed: not for logs, messages or files. */
  readonly url: string;
}

/** How a part of a file is put together. */
export interface Reconstruction {
  /** The part that was asked for. The first and the last term may reach out of it. */
  readonly wanted: Span;
  readonly terms: readonly Term[];
  /** Those of one xorb together, in the order of its chunks. */
  readonly ranges: readonly ListedRange[];
}

/** The known facts of the part before it is asked for. */
export interface ReconstructionQuery {
  readonly fileHash: string;
  /** Bytes of the whole file, as the tree lists it. */
  readonly size: number;
  readonly wanted: Span;
}

/**
 * Reads the answer of `/v2/reconstructions` or of `/v1/reconstructions` (hub-docs, docs/xet/api.md) to a question for
 * `wanted`. Nothing in it is believed: the terms cover all that was asked for, each lies in one listed range, and every
 * length is possible. Throws `xet/invalid-reconstruction`.
 */
export function parseReconstruction(json: unknown, query: ReconstructionQuery): Reconstruction {
  const wrong = (fault: string): XetError => invalid(fault, query);
  const answer = object(json, "the answer", wrong);
  const { wanted, size } = query;
  const lead = integer(answer["offset_into_first_range"], "offset_into_first_range", wrong);
  if (lead > wanted.start) throw wrong("the first term starts in front of the file");

  let offset = wanted.start - lead;
  const terms = list(answer["terms"], "terms", wrong).map((item, index): Term => {
    const name = `terms[${index}]`;
    const term = object(item, name, wrong);
    const xorb = hash(term["hash"], `${name}.hash`, wrong);
    const chunks = span(term["range"], `${name}.range`, wrong);
    const length = integer(term["unpacked_length"], `${name}.unpacked_length`, wrong);
    const count = chunks.end - chunks.start;
    if (length < count || length > count * MAX_CHUNK_BYTES) {
      throw wrong(`${name} has ${length} bytes in ${count} chunks`);
    }
    const start = offset;
    offset += length;
    return { xorb, chunks, length, offset: start };
  });
  const [first] = terms;
  if (first !== undefined && lead >= first.length) throw wrong("the first term is not needed");
  if (offset < wanted.end) {
    throw wrong(`its terms end at byte ${offset}, ${wanted.end - offset} bytes too early`);
  }
  if (offset > size) throw wrong(`its terms end at byte ${offset} of a file of ${size}`);

  const found =
    "xorbs" in answer ? ranges2(answer["xorbs"], wrong) : ranges1(answer["fetch_info"], wrong);
  const byXorb = Map.groupBy(found, ({ xorb }) => xorb);
  for (const own of byXorb.values()) checkOrder(own, wrong);
  for (const { chunks, xorb } of terms) {
    if (rangeOf(chunks, byXorb.get(xorb)) === undefined) {
      throw wrong(`no range for chunks ${chunks.start} to ${chunks.end} of ${xorb}`);
    }
  }
  return { wanted, terms, ranges: [...byXorb.values()].flat() };
}

/** The one of the ranges of a xorb, in their order, that all of these chunks lie in. */
export function rangeOf(
  chunks: Span,
  ranges: readonly ListedRange[] = [],
): ListedRange | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as ListedRange).chunks.end < chunks.end) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low];
  return range !== undefined && range.chunks.start <= chunks.start ? range : undefined;
}

/** Eight times as many as a xorb may have (hub-docs, docs/xet/xorb.md). */
const MOST_CHUNKS = 65_536;

type Wrong = (fault: string) => XetError;

function ranges2(xorbs: unknown, wrong: Wrong): ListedRange[] {
  return Object.entries(object(xorbs, "xorbs", wrong)).flatMap(([key, entries]) => {
    const xorb = hash(key, "a key of xorbs", wrong);
    return list(entries, `xorbs.${xorb}`, wrong).flatMap((item) => {
      const entry = object(item, `an entry of ${xorb}`, wrong);
      const url = address(entry["url"], `the URL of ${xorb}`, wrong);
      return list(entry["ranges"], `ranges of ${xorb}`, wrong).map((range) => {
        const { chunks, bytes } = object(range, `a range of ${xorb}`, wrong);
        return listed({ xorb, url, chunks, bytes }, wrong);
      });
    });
  });
}

function ranges1(fetchInfo: unknown, wrong: Wrong): ListedRange[] {
  return Object.entries(object(fetchInfo, "fetch_info", wrong)).flatMap(([key, entries]) => {
    const xorb = hash(key, "a key of fetch_info", wrong);
    return list(entries, `fetch_info.${xorb}`, wrong).map((item) => {
      const entry = object(item, `an entry of ${xorb}`, wrong);
      const url = address(entry["url"], `the URL of ${xorb}`, wrong);
      return listed({ xorb, url, chunks: entry["range"], bytes: entry["url_range"] }, wrong);
    });
  });
}

function listed(
  range: {
    readonly xorb: string;
    readonly url: string;
    readonly chunks: unknown;
    readonly bytes: unknown;
  },
  wrong: Wrong,
): ListedRange {
  const { xorb, url } = range;
  const chunks = span(range.chunks, `chunks of ${xorb}`, wrong);
  if (chunks.end > MOST_CHUNKS) throw wrong(`${xorb} has a chunk ${chunks.end - 1}`);
  // In a Range header both ends are inclusive.
  const inclusive = object(range.bytes, `bytes of ${xorb}`, wrong);
  const start = integer(inclusive["start"], `bytes.start of ${xorb}`, wrong);
  const end = integer(inclusive["end"], `bytes.end of ${xorb}`, wrong) + 1;
  const [count, length] = [chunks.end - chunks.start, end - start];
  const least = count * (CHUNK_HEADER_BYTES + 1);
  if (length < least || length > count * (CHUNK_HEADER_BYTES + MAX_PACKED_BYTES)) {
    throw wrong(`${count} chunks of ${xorb} in ${length} bytes`);
  }
  return { xorb, url, chunks, bytes: { start, end } };
}

/** Ranges of one xorb follow each other in chunks and in bytes alike. */
function checkOrder(ranges: ListedRange[], wrong: Wrong): void {
  ranges.sort((a, b) => a.chunks.start - b.chunks.start);
  for (const [index, { xorb, chunks, bytes }] of ranges.entries()) {
    const next = ranges[index + 1];
    if (next === undefined) continue;
    if (next.chunks.start < chunks.end || next.bytes.start < bytes.end) {
      throw wrong(`two ranges of ${xorb} overlap`);
    }
  }
}

function object(value: unknown, name: string, wrong: Wrong): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw wrong(`${name} is no object`);
}

function list(value: unknown, name: string, wrong: Wrong): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(`${name} is no list`);
}

function integer(value: unknown, name: string, wrong: Wrong): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw wrong(`${name} is no number of bytes or chunks`);
}

function span(value: unknown, name: string, wrong: Wrong): Span {
  const range = object(value, name, wrong);
  const start = integer(range["start"], `${name}.start`, wrong);
  const end = integer(range["end"], `${name}.end`, wrong);
  if (start >= end) throw wrong(`${name} is empty`);
  return { start, end };
}

function hash(value: unknown, name: string, wrong: Wrong): string {
  if (isXetHash(value)) return value.toLowerCase();
  throw wrong(`${name} is no Xet hash`);
}

function address(value: unknown, name: string, wrong: Wrong): string {
  if (typeof value === "string" && URL.canParse(value) && /^https?:/iu.test(value)) return value;
  throw wrong(`${name} is no address`);
}

function invalid(fault: string, { fileHash, wanted }: ReconstructionQuery): XetError {
  return new XetError(
    `the Xet storage cannot say how file ${fileHash} is put together: ${fault}`,
    "xet/invalid-reconstruction",
    {
      hint: "Try again. If it stays so, fetch the file by the plain route.",
      data: { fileHash, fault, start: wanted.start, end: wanted.end },
    },
  );
}
