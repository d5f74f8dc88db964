import { repairModels } from "@mlx-download/core";
import type { EnsuredModel } from "../ensure/ensure-model.ts";
import type { EnsureOptions } from "../contract/options.ts";

/** What loaders say of weights that are not what they should be: mlx, mlx-lm, safetensors. */
const DAMAGE =
  /safetensors|missing \d+ param|received \d+ param|invalid header|deserializ|unexpected end|truncated|corrupt/i;

/**
 * Loads, and when the engine's words are about damaged weights, proves the model's files, fetches again what is wrong,
 * and loads once more; never twice. What fails then, or was not about weights, comes through untouched.
 */
export async function mendAndRetry<T>(
  load: () => Promise<T>,
  { repoId, commit }: EnsuredModel,
  io: {
    readonly options: EnsureOptions;
    readonly signal: AbortSignal;
    readonly warn: (code: string, message: string) => void;
  },
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (commit === null || io.signal.aborted || !DAMAGE.test(said)) throw error;
    io.warn(
      "engine/proving-again",
      `${repoId} did not load (${said}); proving its files once more`,
    );
    const { cacheDir, endpoint, token, offline, fetch, env } = io.options;
    const hub = { cacheDir, endpoint, token, offline, fetch, env, signal: io.signal };
    const report = await repairModels([`${repoId}@${commit}`], hub).catch(() => undefined);
    if (!report || report.repaired.length === 0 || report.failed.length > 0) throw error;
    return await load();
  }
}
