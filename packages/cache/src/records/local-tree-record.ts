import { lstatSync } from "node:fs";
import { join } from "node:path";
import { listFolderSync } from "../disk/list-folder.ts";
import { localMetadataDir } from "../names/local-dir.ts";
import { checkRoot } from "../names/layout.ts";
import { checkCommit, isCommit } from "../names/revision.ts";
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

/**
 * The last recorded listing of a local folder. Undefined when there is none that can be trusted.
 */
export async function newestLocalTree(
  localDir: string,
): Promise<{ readonly commit: string; readonly files: readonly SnapshotFile[] } | undefined> {
  const folder = join(localMetadataDir(localDir), "trees");
  const times = listFolderSync(folder).entries.flatMap(({ name }) => {
    const commit = name.slice(0, -".json".length);
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (!name.endsWith(".json") || !isCommit(commit) || stats?.isFile() !== true) return [];
    return [{ commit, at: stats.mtimeMs }];
  });
  for (const { commit } of times.toSorted((a, b) => b.at - a.at)) {
    const files = await readLocalTreeRecord(localDir, commit);
    if (files !== undefined) return { commit, files };
  }
  return undefined;
}

function localTreePath(localDir: string, commit: string): string {
  return join(localMetadataDir(localDir), "trees", `${checkCommit(commit)}.json`);
}
