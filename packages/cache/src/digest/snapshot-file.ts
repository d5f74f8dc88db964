import { checkDigest, type Digest } from "./digest.ts";
import { CacheError } from "../names/errors.ts";
import { isHex } from "../names/is-hex.ts";
import { checkRepoPath } from "../names/repo-path.ts";

/** One file of a repo at a commit, as the Hub's tree describes it. */
export interface SnapshotFile {
  /** Relative to the repo's root, `/` between segments. */
  readonly path: string;
  /** Bytes of the content (not of an LFS pointer). */
  readonly size: number;
  readonly digest: Digest;
  /** The git object id. For an LFS file it is the id of its pointer. */
  readonly blobId: string;
  /** The Xet file hash, 64 hex digits, where the Hub stores the file in Xet. */
  readonly xetHash?: string | undefined;
}

/**
 * Returns the file when every field is sound: throws `cache/unsafe-path`, `cache/invalid-digest` or
 * `cache/size-mismatch` (a size that is no count of bytes).
 */
export function checkSnapshotFile(file: SnapshotFile): SnapshotFile {
  checkRepoPath(file.path);
  checkDigest(file.digest);
  if (!Number.isSafeInteger(file.size) || file.size < 0) {
    throw new CacheError(`The size of ${file.path} is no count of bytes`, "cache/size-mismatch", {
      hint: "The listing is wrong. Report it to the Hub or mirror that served it.",
      data: { path: file.path, size: file.size },
    });
  }
  const gitId = isHex(file.blobId, 40);
  const sameId = file.digest.algorithm === "sha256" || file.digest.hex === file.blobId;
  if (!gitId || !sameId || (file.xetHash !== undefined && !isHex(file.xetHash, 64))) {
    throw new CacheError(`The ids of ${file.path} do not fit together`, "cache/invalid-digest", {
      hint: "The listing is wrong. Report it to the Hub or mirror that served it.",
      data: { path: file.path, blobId: file.blobId, xetHash: file.xetHash },
    });
  }
  return file;
}
