import { repairModels } from "@mlx-download/core";
import type { EnsureOptions } from "../contract/options.ts";
import { cachedFolder } from "../ensure/cached-folder.ts";

/** Messages of loaders about damaged weights: mlx, mlx-lm, safetensors. */
const DAMAGE =
  /safetensors|missing \d+ param|received \d+ param|invalid header|deserializ|unexpected end|truncated|corrupt/i;

/**
 * Loads from a folder. When the engine's error is about damaged weights and the folder is a snapshot of a cache, its
 * files are verified, damaged ones are fetched again, and it is loaded once more, never twice. A later error, or one
 * that is not about weights, passes through unchanged.
 */
export async function mendAndRetry<T>(
  load: () => Promise<T>,
  path: string,
  io: {
    readonly options: EnsureOptions;
    readonly signal: AbortSignal | undefined;
    readonly warn: (code: string, message: string) => void;
  },
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const snapshot = cachedFolder(path);
    if (!snapshot || io.signal?.aborted || !DAMAGE.test(text)) throw error;
    const { repoId, cacheDir } = snapshot.layout;
    io.warn("engine/proving-again", `${repoId} did not load (${text}). Verifying its files`);
    const { endpoint, token, offline, fetch, env } = io.options;
    // A snapshot that was named by its path may lie in another cache than the options say.
    const hub = { cacheDir, endpoint, token, offline, fetch, env, signal: io.signal };
    const ref = `${repoId}@${snapshot.commit}`;
    const report = await repairModels([ref], hub).catch(() => undefined);
    if (!report || report.repaired.length === 0 || report.failed.length > 0) throw error;
    return await load();
  }
}
