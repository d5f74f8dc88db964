import { announceDownload, cacheLocations, repoLayout } from "@mlx-download/cache";
import type { EnsuredModel } from "../ensure/ensure-model.ts";
import type { EnsureOptions } from "../contract/options.ts";

/** What keeps the files of one repo from being removed. */
interface Hold {
  /** Undefined where the cache cannot be written. */
  release: (() => Promise<void>) | undefined;
  /** Loads that are under way. */
  loading: number;
}

interface EngineHolds {
  readonly byRepo: Map<string, Hold>;
  /** Which repo a handle stands for. */
  readonly repos: Map<unknown, string>;
}

const holds = new WeakMap<object, EngineHolds>();
/** A lock whose engine was forgotten is held until the process ends, rather than closed by the garbage collector. */
const kept = new Set<object>();

/**
 * Runs a load while the model's files can be neither removed, pruned nor evicted by any process of ours. When it
 * succeeds they are kept until `letModelsGo`, or until this process ends, however it ends. Where the cache cannot be
 * written, nothing is kept. Throws what the load throws, and the signal's reason.
 */
export async function loadHeld<T>(
  engine: object,
  model: Pick<EnsuredModel, "repoId" | "commit">,
  io: { readonly options: EnsureOptions; readonly load: () => Promise<T> },
): Promise<T> {
  const { repoId, commit } = model;
  if (commit === null) return io.load();
  const { byRepo, repos } = holdsOf(engine);
  const hold = byRepo.get(repoId) ?? { release: undefined, loading: 0 };
  byRepo.set(repoId, hold);
  hold.loading += 1;
  try {
    hold.release ??= await announce(repoId, io.options);
    const handle = await io.load();
    repos.set(handle, repoId);
    return handle;
  } catch (error) {
    if (hold.loading === 1 && ![...repos.values()].includes(repoId)) await letGo(engine, repoId);
    throw error;
  } finally {
    hold.loading -= 1;
  }
}

/** Lets go of the repos that `which` accepts and no load is under way for. Never throws. */
export async function letModelsGo(
  engine: object,
  which: (repoId: string) => boolean = () => true,
): Promise<void> {
  for (const [repoId, { loading }] of holdsOf(engine).byRepo) {
    if (loading === 0 && which(repoId)) await letGo(engine, repoId);
  }
}

/** The repo of a handle that `loadHeld` gave. */
export function repoOf(engine: object, handle: unknown): string | undefined {
  return holdsOf(engine).repos.get(handle);
}

function holdsOf(engine: object): EngineHolds {
  const known = holds.get(engine) ?? { byRepo: new Map(), repos: new Map() };
  holds.set(engine, known);
  return known;
}

async function announce(
  repoId: string,
  { env = process.env, cacheDir, signal }: EnsureOptions,
): Promise<Hold["release"]> {
  try {
    const { hubCache } = cacheLocations(env, { cacheDir });
    const release = await announceDownload(repoLayout(hubCache, repoId), { signal });
    kept.add(release);
    return release;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

async function letGo(engine: object, repoId: string): Promise<void> {
  const { byRepo, repos } = holdsOf(engine);
  const release = byRepo.get(repoId)?.release;
  byRepo.delete(repoId);
  for (const [handle, repo] of repos) if (repo === repoId) repos.delete(handle);
  if (release === undefined) return;
  kept.delete(release);
  await release().catch(() => undefined);
}
