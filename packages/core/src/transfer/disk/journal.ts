import { futimes } from "node:fs";
import { promisify } from "node:util";
import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import type { Digest } from "@mlx-download/cache";
import { bootId } from "./boot-id.ts";
import {
  headerLine,
  type JournalFacts,
  type JournalledBlob,
  markLine,
  NO_FACTS,
  parseJournal,
  prefixLine,
  rangeLine,
} from "./journal-text.ts";
import { type ByteRange, createRangeSet } from "./ranges.ts";
import { writeAll } from "./write-all.ts";
import { syncData, syncHandle } from "@mlx-download/cache/writing";

/**
 * The record of the bytes received so far of one blob: append-only text, one fact a line. Each line ends in the CRC-32
 * of the text before it, so that a torn write loses only that line.
 *
 *     mlx-download-journal 2 sha256:<hex> <size> <boot> <crc>
 *     + <start> <end> <crc>       these bytes were written
 *     ! <offset> <crc>            the lines before this offset of the journal hold after a power cut, too
 *     # <end> <hex16> <crc>       the first 16 hex digits of the digest of the bytes before this position
 *
 * A range is appended only after its bytes were written to the data file. docs/concepts/crash-safety.md has the whole
 * order of writes.
 */
export interface Journal {
  /** Length including all queued lines, in bytes: a mark made later may cover it. */
  readonly length: number;
  /** Queues a written range. Lines go out together, in order, within 25 ms or as soon as the file is free. */
  append(start: number, end: number): void;
  /** Queues the digest of the bytes before `end`. */
  appendPrefix(end: number, hex: string): void;
  /** Writes that all lines before `offset` speak of bytes on the disk itself, and brings that there, too. */
  mark(offset: number): Promise<void>;
  /** Shows that the writer is alive, by updating the file's modification time. */
  touch(): Promise<void>;
  /**
   * Resolves when every queued line is in the file. Rejects when it cannot be written. Nothing is lost then: earlier
   * lines stay whole, and the next `flush` or `close` tries again.
   */
  flush(): Promise<void>;
  close(): Promise<void>;
}

// On a fast line, one write per range took a seventh of the main thread's time. The delay is all that a kill can cost.
const GATHER_MS = 25;

/**
 * Reads the part of the journal at `path` that can be trusted on this machine. Returns nothing when it is absent or
 * belongs to another blob.
 */
export async function readFacts(path: string, blob: JournalledBlob): Promise<JournalFacts> {
  try {
    return parseJournal(await readFile(path, "latin1"), blob, await bootId());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return NO_FACTS;
    throw error;
  }
}

/** The ranges of `readFacts`. */
export async function readJournal(
  path: string,
  digest: Digest,
  size: number,
): Promise<readonly ByteRange[]> {
  return (await readFacts(path, { digest, size })).ranges;
}

/**
 * Starts a journal at `path` with `known` as its first facts. An older file is replaced by rename, never truncated: a
 * kill at any point leaves the old facts or the new ones.
 */
export async function openJournal(
  path: string,
  blob: JournalledBlob,
  known: JournalFacts = NO_FACTS,
): Promise<Journal> {
  const fresh = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  const file = await open(fresh, "wx", 0o644);
  let end: number;
  try {
    const text = firstLines(blob, known, await bootId());
    await writeAll(file, Buffer.from(text, "latin1"), 0);
    end = text.length;
    // Else a power cut could leave the new name with nothing behind it, and the old facts gone.
    if (known.ranges.length > 0) await syncHandle(file);
    await rename(fresh, path);
  } catch (error) {
    await file.close();
    await rm(fresh, { force: true });
    throw error;
  }

  let queued = "";
  let writing: Promise<void> | undefined;
  let gathering: NodeJS.Timeout | undefined;
  let failure: unknown;
  const drain = async (): Promise<void> => {
    while (queued !== "") {
      const lines = queued;
      try {
        // Written by position, so that the next write overwrites the remains of a failed one after the last good line.
        await writeAll(file, Buffer.from(lines, "latin1"), end);
      } catch (error) {
        failure = error;
        break;
      }
      end += lines.length;
      queued = queued.slice(lines.length);
    }
    writing = undefined;
  };
  const add = (line: string): void => {
    queued += line;
    if (failure !== undefined || writing !== undefined) return;
    gathering ??= setTimeout(() => {
      gathering = undefined;
      writing ??= drain();
    }, GATHER_MS);
  };
  const flush = async (): Promise<void> => {
    clearTimeout(gathering);
    gathering = undefined;
    await writing;
    failure = undefined;
    while (queued !== "" && failure === undefined) await (writing ??= drain());
    if (failure !== undefined) throw failure;
  };
  return {
    get length() {
      return end + queued.length;
    },
    append: (start, stop) => add(rangeLine(start, stop)),
    appendPrefix: (position, hex) => add(prefixLine(position, hex)),
    async mark(offset) {
      add(markLine(offset));
      await flush();
      await syncData(file);
    },
    async touch() {
      const now = new Date();
      // By the descriptor, as syncs are: not every handle has utimes().
      await promisify(futimes)(file.fd, now, now);
    },
    flush,
    close: async () => {
      try {
        await flush();
      } finally {
        await file.close();
      }
    },
  };
}

/**
 * Header and known facts, with neighbouring ranges merged. Ranges already synced to the disk come first, with their
 * mark.
 */
function firstLines(blob: JournalledBlob, known: JournalFacts, boot: string | undefined): string {
  const lines = (ranges: readonly ByteRange[]): string =>
    createRangeSet(ranges)
      .ranges()
      .map((range) => rangeLine(range.start, range.end))
      .join("");
  const synced = headerLine(blob, boot) + lines(known.synced);
  const mark = known.synced.length > 0 ? markLine(synced.length) : "";
  const prefixes = [...known.prefixes].map(([end, hex]) => prefixLine(end, hex)).join("");
  return synced + mark + lines(known.ranges) + prefixes;
}
