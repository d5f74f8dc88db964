import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { CacheError, type CacheErrorCode } from "../names/errors.ts";
import { errnoOf } from "./errno.ts";

interface Meaning {
  readonly code: CacheErrorCode;
  readonly what: string;
  readonly hint: string;
}

const NO_SPACE: Meaning = {
  code: "cache/disk-full",
  what: "there is no space left on the disk",
  hint: "Free some space (or raise the quota) and run again: existing data is kept.",
};
const NO_INODES: Meaning = {
  code: "cache/disk-full",
  what: "the file system has space left, but can hold no more files (no inodes are left)",
  hint: "Remove files that are not needed there, or name a folder on another disk.",
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
const READ_ONLY: Meaning = {
  code: "cache/not-writable",
  what: "the disk is read-only",
  hint: "Mount it for writing, or name a folder on another disk with HF_HOME or the option `cacheDir`.",
};
const NAME_REFUSED: Meaning = {
  code: "cache/not-writable",
  what: "this file system refuses the name, or does not support the operation",
  hint: "Name a folder with a shorter path, or one on another disk, with HF_HOME or the option `cacheDir`.",
};
const LOCKED_UP: Meaning = {
  code: "cache/not-readable",
  what: "it is encrypted, and its key is not available",
  hint: "Unlock the folder (log in, or mount it), and run again.",
};
const IN_THE_WAY: Meaning = {
  code: "cache/damaged",
  what: "something else is in the way",
  hint: "Check the path: move foreign files out of the way, or mount the disk that a link on it leads to, and run again.",
};
const NOT_FOUND: Meaning = {
  code: "cache/not-found",
  what: "it does not exist",
  hint: "Download the model again: missing files are fetched.",
};
const BAD_DISK: Meaning = {
  code: "cache/damaged",
  what: "the disk reports an error",
  hint: "Check the disk: it failed to read or to store data.",
};
const AWAY: Meaning = {
  code: "cache/disk-unavailable",
  what: "the disk or network share does not answer",
  hint: "Check that it is connected and mounted, and run again: existing data is kept.",
};
const BUSY: Meaning = {
  code: "cache/disk-unavailable",
  what: "another program, or the disk itself, is using it",
  hint: "Close the program that uses it, and run again: existing data is kept.",
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ...each(["ENOSPC", "EDQUOT"], NO_SPACE),
  ...each(["EFBIG"], FILE_TOO_LARGE),
  ...each(["EACCES", "EPERM", "EAUTH", "ENEEDAUTH"], NOT_WRITABLE),
  ...each(["EROFS"], READ_ONLY),
  ...each(["ENOKEY", "EKEYEXPIRED", "EKEYREVOKED"], LOCKED_UP),
  ...each(["ENOTDIR", "EISDIR", "EEXIST", "ENOTEMPTY", "ELOOP", "EXDEV"], IN_THE_WAY),
  ...each(["ENOENT"], NOT_FOUND),
  ...each(
    ["ENAMETOOLONG", "EILSEQ", "EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EFTYPE"],
    NAME_REFUSED,
  ),
  ...each(["EIO", "EBADMSG", "EUCLEAN", "ENODATA", "EHWPOISON", "EDEVERR", "EPROTO"], BAD_DISK),
  ...each(["EBUSY", "ETXTBSY", "EDEADLK", "ENOLCK"], BUSY),
};

/** Codes that concern this process and not a disk. They are passed on unchanged. */
const NOT_OF_THE_DISK: ReadonlySet<string> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "EBADF",
  "EFAULT",
  "EINTR",
  "EAGAIN",
]);

/** Calls that only files have. `read`, `write` and `close` are made on sockets, too. */
const FILE_CALLS: ReadonlySet<string> = new Set(
  "access chmod chown copyfile fchmod fdatasync fstat fsync ftruncate futime link lstat lutime mkdir mkdtemp open opendir readlink realpath rename rmdir scandir stat statfs symlink unlink utime".split(
    " ",
  ),
);

/**
 * Whether something thrown is the system's answer to a call about a file, so that `fsError` may speak of a disk: a call
 * that sockets know, too, counts when it names a path.
 */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  if (errnoOf(error) === undefined) return false;
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (syscall?.startsWith("spawn") === true) return false;
  return typeof path === "string" || FILE_CALLS.has(syscall ?? "");
}

/**
 * Translates a failed file operation on `path` for the caller: a `CacheError` for errors of the
 * system, with the system's code in the message. Anything else (a `CacheError` already, an abort
 * reason, a process out of file handles) is returned unchanged.
 */
export function fsError(
  error: unknown,
  path: string,
  action: "read" | "write" | "use" = "write",
): unknown {
  if (error instanceof CacheError) return error;
  const errno = errnoOf(error);
  const meaning = errno === undefined ? undefined : meaningOf(errno, path, error);
  if (meaning === undefined) return error;
  const { code, what, hint } =
    meaning === NOT_WRITABLE && action === "read" ? NOT_READABLE : meaning;
  return new CacheError(`Cannot ${action} ${path}: ${what} (${errno})`, code, {
    hint,
    data: { path, errno },
    cause: error,
  });
}

function meaningOf(errno: string, path: string, error: unknown): Meaning | undefined {
  if (errno === "ENOSPC" && !hasInodes(path)) return NO_INODES;
  const known = MEANINGS[errno];
  if (known !== undefined) return known;
  // Whatever else the system says of a file (ENOTCONN, ENXIO, ESTALE, ETIMEDOUT, a code without a name) is the disk's.
  const isSystem = /^E[A-Z0-9]+$|^Unknown system error/.test(errno) && !NOT_OF_THE_DISK.has(errno);
  return isSystem && "syscall" in (error as Error) ? AWAY : undefined;
}

/** Whether the file system of a path, or of the nearest folder above it that is there, can hold one more file. */
function hasInodes(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { files, ffree } = statfsSync(at);
      return files === 0 || ffree > 0;
    } catch {
      if (dirname(at) === at) return true;
    }
  }
}

function each(codes: readonly string[], meaning: Meaning): Readonly<Record<string, Meaning>> {
  return Object.fromEntries(codes.map((code) => [code, meaning]));
}
