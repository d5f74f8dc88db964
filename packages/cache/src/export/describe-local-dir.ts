import { lstat } from "node:fs/promises";
import { checkRoot } from "../names/layout.ts";
import { lfsPointerId } from "../digest/lfs-pointer.ts";
import { localDirPaths } from "../names/local-dir.ts";
import { readLocalTreeRecord } from "../records/local-tree-record.ts";
import { listNotedFiles } from "../records/noted-files.ts";
import { checkRepoId, type RepoType } from "../names/repo-id.ts";
import { checkRevision } from "../names/revision.ts";
import { checkSnapshotFile, type SnapshotFile } from "../digest/snapshot-file.ts";
import { badArchive, type Manifest } from "./manifest.ts";

/** The origin of a folder that does not record it. */
export interface ImportedAs {
  readonly repoId: string;
  readonly repoType?: RepoType | undefined;
  /** The revision it was downloaded by. Default: `main`. */
  readonly revision?: string | undefined;
}

/**
 * Describes a folder that was filled by `--local-dir`: the files of the commit that was downloaded
 * last, as far as they are there. Undefined for a folder without such metadata. Throws
 * `cache/bad-archive` unless the model is named.
 */
export async function describeLocalDir(
  folder: string,
  as: ImportedAs | undefined,
): Promise<Manifest | undefined> {
  const root = checkRoot(folder);
  const noted = await listNotedFiles(root);
  const last = noted.reduce<(typeof noted)[number] | undefined>(
    (a, b) => (a !== undefined && a.timestamp >= b.timestamp ? a : b),
    undefined,
  );
  if (last === undefined) return undefined;
  if (as === undefined)
    throw badArchive("it does not record its model. Name it: cache import FOLDER org/name");
  const { commit } = last;
  const listing = await readLocalTreeRecord(root, commit);
  const listed = new Map(listing?.map((file) => [file.path, file]));
  const files: SnapshotFile[] = [];
  for (const { path, digest, commit: from } of noted) {
    if (from !== commit) continue;
    const stats = await lstat(localDirPaths(root, path).file).catch(() => undefined);
    if (stats?.isFile() !== true) continue;
    const known = listed.get(path);
    if (listing !== undefined && known?.digest.hex !== digest.hex)
      throw badArchive(`its listing and its metadata differ about ${path}`);
    const blobId =
      digest.algorithm === "sha256" ? lfsPointerId(digest.hex, stats.size) : digest.hex;
    files.push(known ?? checkSnapshotFile({ path, size: stats.size, digest, blobId }));
  }
  return {
    repoId: checkRepoId(as.repoId),
    repoType: as.repoType ?? "model",
    revision: checkRevision(as.revision ?? "main"),
    commit,
    files: listing ?? files,
    isListing: listing !== undefined,
    included: new Set(files.map(({ path }) => path)),
  };
}
