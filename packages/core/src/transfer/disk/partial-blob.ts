import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type BackgroundSync, createBackgroundSync } from "./background-sync.ts";
import { createCompareWriter } from "./compare-writer.ts";
import { type Journal, openJournal, readFacts } from "./journal.ts";
import { type JournalFacts, type JournalledBlob, NO_FACTS } from "./journal-text.ts";
import { createRangeSet, type RangeSet } from "./ranges.ts";
import { createSegmentWriter, type SegmentWriter, type WriteBytes } from "./segment-writer.ts";

/** An unfinished blob on disk: a sparse data file of the blob's size and the journal of the ranges it holds. */
export interface PartialBlob {
  readonly dataPath: string;
  /** Of the open data file, for those who write by position. */
  readonly descriptor: number;
  /** The ranges whose bytes are in the data file and in the journal. */
  readonly have: RangeSet;
  /** Bytes that were here when it was opened. */
  readonly resumed: number;
  /** A writer whose written ranges enter `have` and the journal, and then are told to `onWritten`. */
  writeFrom(
    start: number,
    to: { readonly write: WriteBytes; readonly onWritten: () => void },
  ): SegmentWriter;
  /** Notes a range that was written by `descriptor`. */
  wrote(start: number, end: number): void;
  /**
   * Forgets a range of this run, whose bytes turned out not to be the blob's. The journal keeps it: if this run ends
   * before other bytes came, the next one finds the wrong ones by the digest.
   */
  drop(start: number, end: number): void;
  /** Takes a second copy of bytes that are here, and replaces those that differ. */
  compareFrom(start: number, onDifferent: (start: number, end: number) => void): SegmentWriter;
  /**
   * Whether the digest of the bytes before `end` is the same as when they arrived. The first digest for a position is
   * kept in the journal. Undefined when this is the first.
   */
  checkPrefix(end: number, hex: string): boolean | undefined;
  /** Forgets every range, on disk too. */
  reset(): Promise<void>;
  /** Flushes the journal and closes both files. The partial stays for the next run. */
  close(): Promise<void>;
  /** After the data file was published: removes the journal. */
  forget(): Promise<void>;
}

/** How a partial is opened. */
export interface OpenPartialOptions {
  /** When written bytes are synced to the disk. */
  readonly syncLimits?: { readonly bytes: number; readonly ms: number } | undefined;
  /** Told of ranges that are in the data file. */
  readonly onWrote?: ((start: number, end: number) => void) | undefined;
}

/** The parts that change when a partial starts over. */
interface Recording {
  readonly journal: Journal;
  readonly sync: BackgroundSync;
  readonly prefixes: Map<number, string>;
}

// By this others see that who holds the blob's lock is alive, also while it hashes or waits and nothing grows.
const TOUCH_MS = 10_000;

/** Opens or creates the partial at `paths`, with the ranges that its journal records. */
export async function openPartialBlob(
  paths: { readonly data: string; readonly journal: string },
  blob: JournalledBlob,
  options: OpenPartialOptions = {},
): Promise<PartialBlob> {
  const { syncLimits, onWrote } = options;
  const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
  const file: FileHandle = await open(paths.data, flags, 0o644);
  const have = createRangeSet();
  const start = async (facts: JournalFacts): Promise<Recording> => {
    const journal = await openJournal(paths.journal, blob, facts);
    const folder = dirname(paths.data);
    const sync = createBackgroundSync({ file, folder, journal }, syncLimits);
    return { journal, sync, prefixes: new Map(facts.prefixes) };
  };
  let now: Recording;
  try {
    const { size: onDisk } = await file.stat();
    const facts = within(await readFacts(paths.journal, blob), onDisk);
    for (const range of facts.ranges) have.add(range.start, range.end);
    await file.truncate(blob.size);
    now = await start(facts);
  } catch (error) {
    await file.close();
    throw error;
  }
  const resumed = have.covered;
  const touching = setInterval(() => void now.journal.touch().catch(() => undefined), TOUCH_MS);
  touching.unref();
  let isOpen = true;

  const wrote: PartialBlob["wrote"] = (begin, end) => {
    have.add(begin, end);
    now.journal.append(begin, end);
    now.sync.wrote(end - begin);
    onWrote?.(begin, end);
  };

  return {
    dataPath: paths.data,
    descriptor: file.fd,
    have,
    resumed,
    wrote,
    drop: (begin, end) => have.remove(begin, end),
    writeFrom: (from, { write, onWritten }) =>
      createSegmentWriter(write, from, (begin, end) => {
        wrote(begin, end);
        onWritten();
      }),
    compareFrom: (from, onDifferent) => createCompareWriter(file, from, onDifferent),
    checkPrefix(end, hex) {
      const known = now.prefixes.get(end);
      if (known !== undefined) return known === hex;
      now.prefixes.set(end, hex);
      now.journal.appendPrefix(end, hex);
      return undefined;
    },
    async reset() {
      await now.sync.settle();
      await now.journal.close();
      have.clear();
      now = await start(NO_FACTS);
      await file.truncate(0);
      await file.truncate(blob.size);
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      clearInterval(touching);
      try {
        await now.sync.settle();
        await now.journal.close();
        if (now.sync.lost) await forgetUnsynced(paths.journal, blob);
      } finally {
        await file.close();
      }
    },
    forget: () => rm(paths.journal, { force: true }),
  };
}

/** The journal's claim about the first `bytes`: a journal can outlive its data file (a moved cache, another disk). */
function within(facts: JournalFacts, bytes: number): JournalFacts {
  const cut = (ranges: JournalFacts["ranges"]): JournalFacts["ranges"] =>
    ranges.flatMap(({ start, end }) =>
      start < bytes ? [{ start, end: Math.min(end, bytes) }] : [],
    );
  return { ...facts, ranges: cut(facts.ranges), synced: cut(facts.synced) };
}

/** The system could not sync bytes that it had accepted. Ranges without a mark are not trusted any more. */
async function forgetUnsynced(path: string, blob: JournalledBlob): Promise<void> {
  const facts = await readFacts(path, blob);
  await (await openJournal(path, blob, { ...facts, ranges: facts.synced })).close();
}
