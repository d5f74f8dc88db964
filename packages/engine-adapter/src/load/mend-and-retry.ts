import { repairModels, verifyModels, type VerifyModelsOptions } from "@mlx-download/core";
import { EngineAdapterError } from "../contract/errors.ts";
import type { EnsureOptions } from "../contract/options.ts";
import { cachedFolder } from "../ensure/cached-folder.ts";

/** Messages of loaders about damaged files: mlx and its JSON reader, mlx-lm, safetensors, Python's JSON, tokenizers. */
const DAMAGE =
  /safetensors|missing \d+ param|received \d+ param|invalid header|deserializ|unexpected end|truncated|corrupt|json\.exception|parse error|JSONDecodeError|expecting value|expecting property name|unterminated string|invalid control character|extra data: line|can't decode byte|failed to parse|unable to read \d+ bytes|expected value at line|EOF while parsing/i;

/**
 * Loads from folders: the model's, and those of its draft model and adapter. When the engine's error is about damaged
 * files, or a length or a header is wrong, those that are snapshots of a cache are verified, damaged files are fetched
 * again, and it is loaded once more, never twice. A later error, or one about something else, passes through unchanged.
 */
export async function mendAndRetry<T>(
  load: () => Promise<T>,
  folders: readonly { readonly path: string }[],
  io: {
    readonly options: EnsureOptions;
    readonly signal: AbortSignal | undefined;
    readonly warn: (code: string, message: string) => void;
  },
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const snapshots = folders.flatMap(({ path }) => snapshotAt(path, io) ?? []);
    if (snapshots.length === 0 || io.signal?.aborted) throw error;
    const text = error instanceof Error ? error.message : String(error);
    const isNamed = DAMAGE.test(`${text}\n${saidBy(error)}`);
    let repaired = 0;
    for (const snapshot of snapshots) {
      const { repoId, ref, hub } = snapshot;
      if (!isNamed && !(await looksDamaged(snapshot))) continue;
      io.warn("engine/proving-again", `${repoId} did not load (${text}). Verifying its files`);
      const report = await repairModels([ref], hub).catch(() => undefined);
      if (!report || report.failed.length > 0) throw error;
      repaired += report.repaired.length;
    }
    if (repaired === 0) throw error;
    return await load();
  }
}

/** A snapshot as it is named to the Hub, which may lie in another cache than the options say. */
interface Snapshot {
  readonly repoId: string;
  readonly ref: string;
  readonly hub: Omit<VerifyModelsOptions, "onEvent" | "onNotice">;
}

function snapshotAt(
  path: string,
  {
    options,
    signal,
  }: { readonly options: EnsureOptions; readonly signal: AbortSignal | undefined },
): Snapshot | undefined {
  const snapshot = cachedFolder(path);
  if (snapshot === undefined) return undefined;
  const { repoId, cacheDir } = snapshot.layout;
  const { endpoint, token, offline, fetch, env } = options;
  const hub = { cacheDir, endpoint, token, offline, fetch, env, signal };
  return { repoId, ref: `${repoId}@${snapshot.commit}`, hub };
}

/** By lengths and headers alone: whole files are not read for an error that names no damage. */
async function looksDamaged({ ref, hub }: Snapshot): Promise<boolean> {
  const report = await verifyModels([ref], { ...hub, quick: true }).catch(() => undefined);
  if (report === undefined) return false;
  // Files that were never wanted are absent from many snapshots.
  return report.bad.length > 0 || report.missing.some(({ reason }) => reason === "dangling");
}

/** The end of the output of a server that did not start: its last line alone rarely names the cause. */
function saidBy(error: unknown): string {
  const said = error instanceof EngineAdapterError ? error.data["said"] : undefined;
  return typeof said === "string" ? said : "";
}
