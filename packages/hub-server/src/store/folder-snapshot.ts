import { fileBlob } from "./blob-source.ts";
import { folderFiles, type FolderFile } from "./folder-files.ts";
import { stableId } from "./git-object.ts";
import { describeFile } from "./repo-file.ts";
import type { RepoFile, RepoSnapshot } from "./repo-store.ts";

/** Which folder is read as which repo. */
export interface FolderSnapshotRequest {
  readonly repoId: string;
  readonly folder: string;
  /** No link may lead out of this folder. */
  readonly boundary: string;
  /** Derived from the content when not given. */
  readonly commit: string | undefined;
}

/** The state of a folder when it was last read. */
interface FolderState {
  readonly stamp: string;
  readonly keys: ReadonlySet<string>;
  readonly snapshot: RepoSnapshot;
}

/**
 * A reader of folders as snapshots. Files are digested when they are first seen or have changed (by inode, size and
 * times), one after the other, and once for all who ask at the same time.
 */
export function createFolderReader(): (request: FolderSnapshotRequest) => Promise<RepoSnapshot> {
  const described = new Map<string, Promise<RepoFile>>();
  const latest = new Map<string, FolderState>();

  const describe = (file: FolderFile): Promise<RepoFile> => {
    const key = keyOf(file);
    const known = described.get(key);
    if (known) return known;
    const made = describeFile(file.path, fileBlob(file.realPath, file.size));
    described.set(key, made);
    made.catch(() => described.delete(key));
    return made;
  };

  return async ({ repoId, folder, boundary, commit }) => {
    const found = await folderFiles(folder, boundary);
    const stamp = stableId(commit ?? "", ...found.flatMap((file) => [file.path, file.stamp]));
    const last = latest.get(folder);
    if (last?.stamp === stamp) return last.snapshot;
    const files: RepoFile[] = [];
    for (const file of found) files.push(await describe(file));
    const content = files.flatMap((file) => [file.path, file.oid]);
    const snapshot: RepoSnapshot = {
      commit: commit ?? stableId("commit", repoId, ...content),
      files,
      title: "Upload",
      date: "2026-01-02T03:04:05.000Z",
    };
    const keys = new Set(found.map(keyOf));
    for (const old of last?.keys ?? []) if (!keys.has(old)) described.delete(old);
    latest.set(folder, { stamp, keys, snapshot });
    return snapshot;
  };
}

function keyOf({ path, stamp }: FolderFile): string {
  return `${path}\n${stamp}`;
}
