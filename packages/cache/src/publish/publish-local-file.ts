import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { moveIntoPlace, replaceFile, sizeMismatch } from "../disk/durable-file.ts";
import { digestFiles } from "../digest/digest-files.ts";
import { fsError } from "../disk/fs-error.ts";
import { inBatches } from "../disk/in-batches.ts";
import { isFileOfSize } from "../scan/inspect-files.ts";
import { checkRoot } from "../names/layout.ts";
import { localDirPaths, localMetadataDir } from "../names/local-dir.ts";
import { formatLocalMetadata, readLocalMetadata } from "../records/local-metadata.ts";
import { prepareLocalDir } from "./prepare-local-dir.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { checkCommit } from "../names/revision.ts";
import { checkSnapshotFile, type SnapshotFile } from "../digest/snapshot-file.ts";

/**
 * Puts a verified file (`from`, on the folder's file system, which is moved) into a local folder,
 * records commit and etag as Python's client does, and returns its path. Without `from` only the
 * record is written for the existing, verified file. The folder may be a link, folders below it may
 * not. The length is checked. The caller guarantees the digest.
 */
export async function publishLocalFile(
  localDir: string,
  entry: { commit: string; file: SnapshotFile; from?: string | undefined },
): Promise<string> {
  const root = checkRoot(localDir);
  const { path, size, digest } = checkSnapshotFile(entry.file);
  const commit = checkCommit(entry.commit);
  const paths = localDirPaths(root, path);
  const tempDir = join(localMetadataDir(root), ".partial");
  try {
    await prepareLocalDir(root);
    await ensureDirectory(root, dirname(paths.metadata));
    await ensureDirectory(root, dirname(paths.file));
    if (entry.from !== undefined) await moveIntoPlace(entry.from, paths.file, { size, tempDir });
    const stats = await stat(paths.file);
    if (stats.size !== size) throw sizeMismatch(paths.file, size, stats.size);
    // A file that came from a clock ahead of ours is still the one that was verified.
    const timestamp = Math.max(Date.now(), Math.ceil(stats.mtimeMs)) / 1000;
    const text = formatLocalMetadata({ commit, etag: digest.hex, timestamp });
    await replaceFile(paths.metadata, text, tempDir);
  } catch (error) {
    throw fsError(error, paths.file);
  }
  return paths.file;
}

/**
 * Which files of a snapshot a local folder has. `present` means that the recorded etag is the
 * file's digest and the file was not changed since. A record from another commit counts as well. A
 * file without a record is `absent`, whatever its content (see `recognizeLocalFiles`).
 */
export async function inspectLocalFiles(
  localDir: string,
  commit: string,
  files: readonly SnapshotFile[],
): Promise<ReadonlyMap<string, "present" | "absent">> {
  checkCommit(commit);
  const states = await inBatches(files, async (file): Promise<[string, "present" | "absent"]> => {
    const { path, size, digest } = checkSnapshotFile(file);
    const metadata = await readLocalMetadata(localDir, path);
    const known = metadata?.etag.toLowerCase() === digest.hex;
    const present = known && isFileOfSize(localDirPaths(localDir, path).file, size);
    return [path, present ? "present" : "absent"];
  });
  return new Map(states);
}

/**
 * The paths of the files that a local folder holds byte for byte, also when they were copied,
 * touched, or added by another program. Reads every file of the right length on one thread per
 * core. `onFile` is called before each. Rejects with the signal's reason when aborted.
 */
export async function recognizeLocalFiles(
  localDir: string,
  files: readonly SnapshotFile[],
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onFile?: ((file: SnapshotFile) => void) | undefined;
  } = {},
): Promise<ReadonlySet<string>> {
  const candidates = files.flatMap((file) => {
    const { path, size, digest } = checkSnapshotFile(file);
    const { file: there } = localDirPaths(localDir, path);
    if (!isFileOfSize(there, size)) return [];
    options.onFile?.(file);
    return [{ path: there, size, algorithm: digest.algorithm, file }];
  });
  const recognized = new Set<string>();
  await digestFiles(candidates, {
    signal: options.signal,
    onRead: () => {},
    onDigest({ file }, answer) {
      if (answer.type === "digest" && answer.hex === file.digest.hex) recognized.add(file.path);
    },
  });
  return recognized;
}
