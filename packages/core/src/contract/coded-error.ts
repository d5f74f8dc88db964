import { CacheError } from "@mlx-download/cache";
import { fsError, isFileError } from "@mlx-download/cache/writing";
import { ModelDownloadError } from "./errors.ts";

/**
 * What a download rejects with: coded errors as they are, the cache's and the system's in this package's one class.
 * An abort stays what the caller's signal said. `cause` stands for the error itself where it was told in other words.
 */
export function codedError(
  error: unknown,
  repoId: string | undefined,
  cause: unknown = error,
): unknown {
  if (error instanceof ModelDownloadError) return error;
  if (error instanceof CacheError) {
    const { hint, data } = error;
    // On the road of a download a full disk has one code, whoever met it.
    const code = error.code === "cache/disk-full" ? "disk/full" : error.code;
    return new ModelDownloadError(error.message, code, { hint, data, repoId, cause });
  }
  if (!isFileError(error)) return error;
  const coded = fsError(error, error.path ?? "the cache", "use");
  return coded instanceof CacheError ? codedError(coded, repoId, error) : error;
}
