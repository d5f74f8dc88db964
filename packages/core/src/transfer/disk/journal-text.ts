import { crc32 } from "node:zlib";
import { type Digest, formatDigest } from "@mlx-download/cache";
import type { ByteRange } from "./ranges.ts";

/** The contents of a blob's journal. */
export interface JournalFacts {
  /** Ranges whose bytes are in the data file, in the order in which they came. They may overlap. */
  readonly ranges: readonly ByteRange[];
  /** Those of them that were on the disk itself when their mark was written, and outlive the machine. */
  readonly synced: readonly ByteRange[];
  /** The digest of the bytes before a position, shortened to 16 hex digits, by position. */
  readonly prefixes: ReadonlyMap<number, string>;
}

/** The facts of a journal that says nothing. */
export const NO_FACTS: JournalFacts = { ranges: [], synced: [], prefixes: new Map() };

/** The blob that a journal is about. */
export interface JournalledBlob {
  readonly digest: Digest;
  readonly size: number;
}

/** A line of a journal: a fact, and the CRC-32 that tells whether it is whole. */
export function seal(text: string): string {
  return `${text} ${crc32(text).toString(16).padStart(8, "0")}\n`;
}

/** The fact of a sealed line, or undefined when its checksum does not match. */
function unseal(line: string): string | undefined {
  const text = line.slice(0, -9);
  return line.length > 9 && seal(text) === `${line}\n` ? text : undefined;
}

/** The first line. `boot`: see `bootId`. Without it no range is trusted after the process ends in any way. */
export function headerLine({ digest, size }: JournalledBlob, boot: string | undefined): string {
  return seal(`mlx-download-journal 2 ${formatDigest(digest)} ${size} ${boot ?? "-"}`);
}

/** A range whose bytes were handed to the system. */
export const rangeLine = (start: number, end: number): string => seal(`+ ${start} ${end}`);

/** Everything before byte `offset` of this journal speaks of bytes that are on the disk itself. */
export const markLine = (offset: number): string => seal(`! ${offset}`);

/** The digest of the bytes before `end` began with these 16 hex digits. */
export const prefixLine = (end: number, hex: string): string => seal(`# ${end} ${hex}`);

/**
 * Reads a journal's text on a machine that has run since `boot`. A journal of another blob or of a later format gives
 * nothing. One written before the machine restarted gives the ranges that a mark covers. Version 1 (no marks, no boot)
 * is trusted as a whole.
 */
export function parseJournal(
  text: string,
  blob: JournalledBlob,
  boot: string | undefined,
): JournalFacts {
  const [first, ...lines] = text.split("\n");
  const header = first === undefined ? undefined : unseal(first);
  const words = header?.match(/^mlx-download-journal (1|2) (\S+) (\d+)(?: (\S+))?$/);
  if (!words || words[2] !== formatDigest(blob.digest) || words[3] !== String(blob.size)) {
    return NO_FACTS;
  }
  const sameBoot = words[1] === "1" || (boot !== undefined && words[4] === boot);

  const found: { readonly range: ByteRange; readonly offset: number }[] = [];
  const prefixes = new Map<number, string>();
  let marked = 0;
  let offset = (first ?? "").length + 1;
  for (const line of lines) {
    const [sign, a, b] = unseal(line)?.split(" ") ?? [];
    const start = toNumber(a);
    const end = toNumber(b);
    if (sign === "+" && start >= 0 && start < end && end <= blob.size) {
      found.push({ range: { start, end }, offset });
    } else if (sign === "!" && start <= offset) marked = Math.max(marked, start);
    else if (sign === "#" && start > 0 && start <= blob.size && /^[0-9a-f]{16}$/.test(b ?? "")) {
      prefixes.set(start, b ?? "");
    }
    offset += line.length + 1;
  }
  const synced = found.filter((one) => one.offset < marked).map((one) => one.range);
  return { ranges: sameBoot ? found.map((one) => one.range) : synced, synced, prefixes };
}

const toNumber = (text: string | undefined): number =>
  /^\d{1,16}$/.test(text ?? "") ? Number(text) : Number.NaN;
