import { CacheError } from "@mlx-download/cache";

/** The code of the `CacheError` that `work` ends with; anything else than such an error is thrown. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CacheError) return error.code;
    throw error;
  }
  throw new Error("it did not fail");
}

/** What `work` returns, or undefined when it ends with a `CacheError`. */
export function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof CacheError) return undefined;
    throw error;
  }
}
