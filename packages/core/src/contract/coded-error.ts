import { CacheError } from "@mlx-download/cache";
import { fsError, isFileError } from "@mlx-download/cache/writing";
import { ModelDownloadError } from "./errors.ts";

/**
 * The error that a download rejects with. Coded errors pass unchanged. Those of the cache and the system become this
 * package's one class. An abort keeps the reason of the caller's signal. `cause` holds the original error when the
 * message differs.
 */
export function codedError(
  error: unknown,
  repoId: string | undefined,
  cause: unknown = error,
): unknown {
  if (error instanceof ModelDownloadError) return error;
  if (error instanceof CacheError) {
    const { hint, data } = error;
    // In a download a full disk has one code, whichever part of the code met it.
    const code = error.code === "cache/disk-full" ? "disk/full" : error.code;
    return new ModelDownloadError(error.message, code, { hint, data, repoId, cause });
  }
  if (!isFileError(error)) return error;
  const coded = fsError(error, error.path ?? "the cache", "use");
  return coded instanceof CacheError ? codedError(coded, repoId, error) : error;
}
