import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import type { Digest } from "@mlx-download/cache";
import { type Journal, openJournal, readJournal } from "./journal.ts";
import { createRangeSet, type RangeSet } from "./ranges.ts";
import { createSegmentWriter, type SegmentWriter } from "./segment-writer.ts";

/** An unfinished blob on disk: a sparse data file of the blob's size and the journal of what it holds. */
export interface PartialBlob {
  readonly dataPath: string;
  /** The ranges whose bytes are in the data file and in the journal. */
  readonly have: RangeSet;
  /** Bytes that were here when it was opened. */
  readonly resumed: number;
  /** A writer whose written ranges enter `have` and the journal, and then are told to `onWritten`. */
  writeFrom(start: number, onWritten: () => void): SegmentWriter;
  /** Forgets every range, on disk too. */
  reset(): Promise<void>;
  /** Flushes the journal and closes both files; the partial stays for the next run. */
  close(): Promise<void>;
  /** After the data file was published: removes the journal. */
  forget(): Promise<void>;
}

/** Opens or creates the partial at `paths`, with the ranges that its journal proves. */
export async function openPartialBlob(
  paths: { readonly data: string; readonly journal: string },
  blob: { readonly digest: Digest; readonly size: number },
): Promise<PartialBlob> {
  const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
  const file: FileHandle = await open(paths.data, flags, 0o644);
  let journal: Journal;
  const have = createRangeSet();
  try {
    const { size: onDisk } = await file.stat();
    for (const range of await readJournal(paths.journal, blob.digest, blob.size)) {
      // A journal can outlive its data file (moved cache, another disk): what is not in the file is not here.
      have.add(range.start, Math.min(range.end, onDisk));
    }
    await file.truncate(blob.size);
    journal = await openJournal(paths.journal, blob, have.ranges());
  } catch (error) {
    await file.close();
    throw error;
  }
  const resumed = have.covered;
  let isOpen = true;

  return {
    dataPath: paths.data,
    have,
    resumed,
    writeFrom: (start, onWritten) =>
      createSegmentWriter(file, start, (from, to) => {
        have.add(from, to);
        journal.append(from, to);
        onWritten();
      }),
    async reset() {
      await journal.close();
      have.clear();
      journal = await openJournal(paths.journal, blob, []);
      await file.truncate(0);
      await file.truncate(blob.size);
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      try {
        await journal.close();
      } finally {
        await file.close();
      }
    },
    forget: () => rm(paths.journal, { force: true }),
  };
}
