import type { BlobSource } from "./blob-source.ts";
import { digestBlob, gitBlobId, lfsPointer } from "./git-object.ts";
import { isLargeFile } from "./large-files.ts";
import type { RepoFile } from "./repo-store.ts";

/** The Hub's description of a file when it is not true, for hostile fixtures. */
export interface DeclaredFile {
  readonly size?: number;
  readonly oid?: string;
  readonly sha256?: string;
  readonly xetHash?: string;
}

/** How {@link describeFile} looks at a file. */
export interface DescribeFileOptions {
  /** Whether the file is kept in LFS. By default {@link isLargeFile} decides. */
  readonly lfs?: boolean | undefined;
  readonly declared?: DeclaredFile | undefined;
  /** Digests that are known already are not computed. */
  readonly sha256?: string | undefined;
}

/** A repo file with its digests, for which an unknown blob is read once. */
export async function describeFile(
  path: string,
  blob: BlobSource,
  options: DescribeFileOptions = {},
): Promise<RepoFile> {
  const declared = options.declared ?? {};
  const size = declared.size ?? blob.size;
  const xetHash = declared.xetHash;
  if (!(options.lfs ?? isLargeFile(path, blob.size))) {
    const oid = declared.oid ?? (await digestBlob(blob, "git-sha1"));
    return { path, size, oid, lfs: undefined, xetHash, blob };
  }
  const sha256 = declared.sha256 ?? options.sha256 ?? (await digestBlob(blob, "sha256"));
  const pointer = lfsPointer(sha256, size);
  const oid = declared.oid ?? gitBlobId(pointer);
  return {
    path,
    size,
    oid,
    lfs: { sha256, pointerSize: Buffer.byteLength(pointer) },
    xetHash,
    blob,
  };
}

/** Files in the Hub's order: by path, as code units. */
export function sortFiles(files: readonly RepoFile[]): readonly RepoFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
