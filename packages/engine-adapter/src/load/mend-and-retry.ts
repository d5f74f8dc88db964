import { repairModels, verifyModels, type VerifyModelsOptions } from "@mlx-download/core";
import { EngineAdapterError } from "../contract/errors.ts";
import type { EnsureOptions } from "../contract/options.ts";
import { cachedFolder } from "../ensure/cached-folder.ts";

/** Messages of loaders about damaged files: mlx and its JSON reader, mlx-lm, safetensors, Python's JSON, tokenizers. */
const DAMAGE =
  /safetensors|missing \d+ param|received \d+ param|invalid header|deserializ|unexpected end|truncated|corrupt|json\.exception|parse error|JSONDecodeError|expecting value|expecting property name|unterminated string|invalid control character|extra data: line|can't decode byte|failed to parse|unable to read \d+ bytes|expected value at line|EOF while parsing/i;

/**
 * Loads from a folder. When the engine's error is about damaged files, or a length or a header is wrong, and the folder is
 * a snapshot of a cache, its files are verified, damaged ones are fetched again, and it is loaded once more, never twice. A
 * later error, or one about something else, passes through unchanged.
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
    if (!snapshot || io.signal?.aborted) throw error;
    const { repoId, cacheDir } = snapshot.layout;
    const { endpoint, token, offline, fetch, env } = io.options;
    // A snapshot that was named by its path may lie in another cache than the options say.
    const hub = { cacheDir, endpoint, token, offline, fetch, env, signal: io.signal };
    const ref = `${repoId}@${snapshot.commit}`;
    const isDamaged = DAMAGE.test(`${text}\n${saidBy(error)}`) || (await looksDamaged(ref, hub));
    if (!isDamaged) throw error;
    io.warn("engine/proving-again", `${repoId} did not load (${text}). Verifying its files`);
    const report = await repairModels([ref], hub).catch(() => undefined);
    if (!report || report.repaired.length === 0 || report.failed.length > 0) throw error;
    return await load();
  }
}

/** By lengths and headers alone: whole files are not read for an error that names no damage. */
async function looksDamaged(ref: string, hub: VerifyModelsOptions): Promise<boolean> {
  const report = await verifyModels([ref], { ...hub, quick: true }).catch(() => undefined);
  return report !== undefined && report.bad.length + report.missing.length > 0;
}

/** The end of the output of a server that did not start: its last line alone rarely names the cause. */
function saidBy(error: unknown): string {
  const said = error instanceof EngineAdapterError ? error.data["said"] : undefined;
  return typeof said === "string" ? said : "";
}
