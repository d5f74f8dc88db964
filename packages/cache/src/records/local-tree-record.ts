import { join } from "node:path";
import { localMetadataDir } from "../names/local-dir.ts";
import { checkRoot } from "../names/layout.ts";
import { checkCommit } from "../names/revision.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import { readRecord, writeRecord } from "./tree-record.ts";

/** `readTreeRecord` for a local folder: `<local_dir>/.cache/huggingface/trees/<commit>.json`. */
export async function readLocalTreeRecord(
  localDir: string,
  commit: string,
): Promise<readonly SnapshotFile[] | undefined> {
  return await Promise.resolve(readRecord(localTreePath(localDir, commit)));
}

/** `writeTreeRecord` for a local folder. */
export async function writeLocalTreeRecord(
  localDir: string,
  commit: string,
  files: readonly SnapshotFile[],
): Promise<void> {
  await writeRecord(checkRoot(localDir), localTreePath(localDir, commit), {
    files,
    tempDir: join(localMetadataDir(localDir), ".partial"),
  });
}

function localTreePath(localDir: string, commit: string): string {
  return join(localMetadataDir(localDir), "trees", `${checkCommit(commit)}.json`);
}
