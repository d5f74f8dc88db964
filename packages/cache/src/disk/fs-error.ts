import { CacheError, type CacheErrorCode } from "../names/errors.ts";

interface Meaning {
  readonly code: CacheErrorCode;
  readonly what: string;
  readonly hint: string;
}

const NO_SPACE: Meaning = {
  code: "cache/disk-full",
  what: "there is no space left on the disk",
  hint: "Free some space (or raise the quota) and run again: what is already there is kept.",
};
const FILE_TOO_LARGE: Meaning = {
  code: "cache/disk-full",
  what: "the file is larger than this file system or this shell's limit allows",
  hint: "Name a folder on another disk (FAT32 ends at 4 GiB a file), or raise the limit of ulimit -f.",
};
const NOT_WRITABLE: Meaning = {
  code: "cache/not-writable",
  what: "this user may not write there",
  hint: "Check the owner and permissions of the cache folder, or name another folder with HF_HOME.",
};
const NOT_READABLE: Meaning = {
  code: "cache/not-readable",
  what: "this user may not read it",
  hint: "Check the owner and permissions of the file and of the folders above it.",
};
const IN_THE_WAY: Meaning = {
  code: "cache/damaged",
  what: "something else is in the way",
  hint: "Look at the path: move what does not belong there out of the way, or mount the disk that a link on it leads to, and run again.",
};
const NOT_FOUND: Meaning = {
  code: "cache/not-found",
  what: "it does not exist",
  hint: "Download the model again: what is missing is fetched.",
};
const BAD_DISK: Meaning = {
  code: "cache/damaged",
  what: "the disk reports an error",
  hint: "Check the disk: it failed to read or to store data.",
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EFBIG: FILE_TOO_LARGE,
  EACCES: NOT_WRITABLE,
  EPERM: NOT_WRITABLE,
  EROFS: NOT_WRITABLE,
  ENOTDIR: IN_THE_WAY,
  EISDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  ENOTEMPTY: IN_THE_WAY,
  ELOOP: IN_THE_WAY,
  EXDEV: IN_THE_WAY,
  ENOENT: NOT_FOUND,
  EIO: BAD_DISK,
};

/** The system's error code (`ENOENT` …) of anything thrown, if it has one. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/**
 * What a failed file operation on `path` is to the caller: a `CacheError` for what the system reports, and anything
 * else (a `CacheError` already, an abort reason) unchanged.
 */
export function fsError(error: unknown, path: string, action: "read" | "write" = "write"): unknown {
  if (error instanceof CacheError) return error;
  const errno = errnoOf(error);
  const known = errno === undefined ? undefined : MEANINGS[errno];
  if (known === undefined) return error;
  const meaning = known === NOT_WRITABLE && action === "read" ? NOT_READABLE : known;
  return new CacheError(`Cannot ${action} ${path}: ${meaning.what}`, meaning.code, {
    hint: meaning.hint,
    data: { path, errno },
    cause: error,
  });
}
