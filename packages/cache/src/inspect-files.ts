import { stat } from "node:fs/promises";
import { inBatches } from "./in-batches.ts";
import { blobPath, snapshotPath, type RepoLayout } from "./layout.ts";
import { checkSnapshotFile, type SnapshotFile } from "./snapshot-file.ts";

/**
 * What the cache has of a file: `present`, the snapshot's entry leads to a regular file of the right length; `blob`,
 * only the blob is there; `absent`, neither is, or their length is wrong.
 */
export type FileState = "present" | "blob" | "absent";

/** The state of each file of a snapshot by path. Asks the file system for lengths only and reads no content. */
export async function inspectFiles(
  layout: RepoLayout,
  commit: string,
  files: readonly SnapshotFile[],
): Promise<ReadonlyMap<string, FileState>> {
  const states = await inBatches(files, async (file): Promise<[string, FileState]> => {
    const { path, size, digest } = checkSnapshotFile(file);
    if (await isFileOfSize(snapshotPath(layout, commit, path), size)) return [path, "present"];
    const blob = await isFileOfSize(blobPath(layout, digest.hex), size);
    return [path, blob ? "blob" : "absent"];
  });
  return new Map(states);
}

/** Whether the path leads, through links, to a regular file of `size` bytes. */
export async function isFileOfSize(path: string, size: number): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && stats.isFile() && stats.size === size;
}
