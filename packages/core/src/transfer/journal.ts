import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { type Digest, formatDigest } from "@mlx-download/cache";
import type { ByteRange } from "./ranges.ts";

/**
 * The record of what has arrived of one blob: text, append-only, one fact a line, each line ending in the CRC-32 of
 * what stands before it, so that a torn write loses one line and nothing else.
 *
 *     mlx-download-journal 1 sha256:<hex> <size> <crc>
 *     + <start> <end> <crc>
 *
 * A range is appended only after its bytes were written to the data file.
 */
export interface Journal {
  /** Queues a written range; lines go out together, in order, as soon as the file is free. */
  append(start: number, end: number): void;
  /** Resolves when every queued line is in the file; rejects with the first write error. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const MAGIC = "mlx-download-journal 1";

const seal = (text: string): string => `${text} ${crc32(text).toString(16).padStart(8, "0")}\n`;

/** The text of a sealed line, or undefined when its checksum does not match. */
function unseal(line: string): string | undefined {
  const text = line.slice(0, -9);
  return line.length > 9 && seal(text) === `${line}\n` ? text : undefined;
}

const header = (digest: Digest, size: number): string => `${MAGIC} ${formatDigest(digest)} ${size}`;

/** Ranges that a journal's text proves for this digest and size; nothing when it belongs to another blob. */
export function parseJournal(text: string, digest: Digest, size: number): ByteRange[] {
  const [first, ...lines] = text.split("\n");
  if (first === undefined || unseal(first) !== header(digest, size)) return [];
  const ranges: ByteRange[] = [];
  for (const line of lines) {
    const fact = unseal(line)?.match(/^\+ (\d{1,16}) (\d{1,16})$/);
    const start = Number(fact?.[1]);
    const end = Number(fact?.[2]);
    if (start >= 0 && start < end && end <= size) ranges.push({ start, end });
  }
  return ranges;
}

/** Reads the ranges that the journal at `path` proves; nothing when it is absent or of another blob. */
export async function readJournal(
  path: string,
  digest: Digest,
  size: number,
): Promise<readonly ByteRange[]> {
  try {
    return parseJournal(await readFile(path, "latin1"), digest, size);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * Starts a journal at `path` with `known` as its first ranges. What stood there is replaced by rename, never emptied:
 * a kill at any point leaves the old facts or the new ones.
 */
export async function openJournal(
  path: string,
  blob: { readonly digest: Digest; readonly size: number },
  known: readonly ByteRange[],
): Promise<Journal> {
  const fresh = `${path}.${randomBytes(4).toString("hex")}`;
  const file = await open(fresh, "wx", 0o644);
  try {
    const facts = known.map((range) => seal(`+ ${range.start} ${range.end}`));
    await file.appendFile(seal(header(blob.digest, blob.size)) + facts.join(""), "latin1");
    await rename(fresh, path);
  } catch (error) {
    await file.close();
    await rm(fresh, { force: true });
    throw error;
  }

  let queued = "";
  let writing: Promise<void> | undefined;
  let failure: unknown;
  const drain = async (): Promise<void> => {
    while (queued !== "" && failure === undefined) {
      const lines = queued;
      queued = "";
      try {
        await file.appendFile(lines, "latin1");
      } catch (error) {
        failure = error;
      }
    }
    writing = undefined;
  };
  const flush = async (): Promise<void> => {
    while (writing !== undefined || (queued !== "" && failure === undefined)) {
      writing ??= drain();
      await writing;
    }
    if (failure !== undefined) throw failure;
  };
  return {
    append(start, end) {
      queued += seal(`+ ${start} ${end}`);
      writing ??= drain();
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
