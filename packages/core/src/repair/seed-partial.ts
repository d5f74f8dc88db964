import { constants } from "node:fs";
import { chmod, copyFile, rename, stat } from "node:fs/promises";
import { PROOF_STEP_BYTES, type ProvedBlob } from "@mlx-download/cache/writing";
import { diskFree } from "../transfer/disk/disk-free.ts";
import { openJournal } from "../transfer/disk/journal.ts";
import type { ByteRange } from "../transfer/disk/ranges.ts";

/**
 * Makes an unfinished download of a damaged blob: its bytes without those known to be damaged, and the record by which
 * a download finds further damage and fetches that alone. An earlier partial of the blob stays as it is. Resolves to
 * whether the damaged file is still in its place: with room for one copy only, it becomes the partial itself.
 */
export async function seedPartial(
  blob: ProvedBlob,
  damaged: {
    readonly path: string;
    readonly record: readonly string[];
    readonly movable: boolean;
    /** Known to be damaged: fetched at once, without asking whether it differs. */
    readonly damage: ByteRange | null;
  },
  paths: { readonly data: string; readonly journal: string },
): Promise<boolean> {
  const there = await stat(paths.data).catch(() => undefined);
  if (there !== undefined) return true;
  const { size } = await stat(damaged.path);
  const free = await diskFree(paths.data);
  const tight = damaged.movable && free !== null && free < size + blob.size / 10;
  if (tight) await rename(damaged.path, paths.data);
  else {
    await copyFile(damaged.path, paths.data, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    // A payload of the shared store is read-only, and so is its copy.
    await chmod(paths.data, 0o644);
  }
  const end = Math.min(size, blob.size);
  const gap = damaged.damage ?? { start: end, end };
  const sound = [
    { start: 0, end: Math.min(gap.start, end) },
    { start: gap.end, end },
  ];
  const prefixes = new Map(
    damaged.record.map((hex, index) => [(index + 1) * PROOF_STEP_BYTES, hex] as const),
  );
  const journal = await openJournal(paths.journal, blob, {
    ranges: sound.filter((range) => range.start < range.end),
    synced: [],
    prefixes,
  });
  await journal.close();
  return !tight;
}
