import { CacheError } from "@mlx-download/cache";
import { ModelDownloadError } from "./errors.ts";

/**
 * What a download rejects with: coded errors as they are, the cache's and the system's in this package's one class.
 * An abort stays what the caller's signal said.
 */
export function codedError(error: unknown, repoId: string | undefined): unknown {
  if (error instanceof ModelDownloadError) return error;
  if (error instanceof CacheError) {
    const { code, hint, data } = error;
    return new ModelDownloadError(error.message, code, { hint, data, repoId, cause: error });
  }
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new ModelDownloadError(
      `the disk is full${path === undefined ? "" : ` (${path})`}`,
      "disk/full",
      {
        hint: "Free some space and run the same command again: what has arrived is kept.",
        repoId,
        data: { path: path ?? null },
        cause: error,
      },
    );
  }
  if (code === "EFBIG") {
    return new ModelDownloadError(
      `a file is larger than this file system or this shell's limit allows${path === undefined ? "" : ` (${path})`}`,
      "disk/full",
      {
        hint: "Name a folder on another disk with --cache-dir (FAT32 ends at 4 GiB a file), or raise the limit of ulimit -f.",
        repoId,
        data: { path: path ?? null },
        cause: error,
      },
    );
  }
  if (code === "ENOTDIR" || code === "EISDIR" || code === "ELOOP") {
    return new ModelDownloadError(
      `something is in the way${path === undefined ? "" : ` of ${path}`}: ${message}`,
      "cache/damaged",
      {
        hint: "Look at the path: a folder is needed where something else lies; move it away or name another folder.",
        repoId,
        data: { path: path ?? null },
        cause: error,
      },
    );
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new ModelDownloadError(
      code === "EROFS"
        ? `${path ?? "the cache"} lies on a disk that is read-only`
        : `this user may not use ${path ?? "the cache"} (${code})`,
      "cache/not-writable",
      {
        hint: "Give this user the right to read and write there, or name another folder with --cache-dir or HF_HOME.",
        repoId,
        data: { path: path ?? null },
        cause: error,
      },
    );
  }
  return error;
}
