import { announceDownload, type RepoLayout } from "@mlx-download/cache";
import type { EngineModel } from "../contract/engine.ts";
import { cachedFolder } from "../ensure/cached-folder.ts";

/** A folder that an engine reads, and the id under which the engine knows the model it is part of. */
export interface HeldFolder {
  readonly id: string;
  readonly path: string;
}

/** The records that keep the files of one repo from being removed. */
interface Hold {
  readonly id: string;
  /** Undefined where the cache cannot be written. */
  release: (() => Promise<void>) | undefined;
  /** Loads that are under way. */
  loading: number;
}

interface EngineHolds {
  readonly byKey: Map<string, Hold>;
  /** Which holds a handle needs. */
  readonly handles: Map<unknown, readonly string[]>;
}

const holds = new WeakMap<object, EngineHolds>();
/** A lock whose engine was forgotten is held until the process ends, rather than closed by the garbage collector. */
const kept = new Set<object>();

/** The folders of a model: its own, its draft model's, its adapter's. */
export function foldersOf({ repoId, path, draft, adapterPath }: EngineModel): HeldFolder[] {
  return [
    { id: repoId, path },
    ...(draft ? [{ id: draft.repoId, path: draft.path }] : []),
    ...(adapterPath === undefined ? [] : [{ id: repoId, path: adapterPath }]),
  ];
}

/**
 * Runs a load while no process of ours can remove, prune or evict the files of these folders. When it succeeds they are
 * kept until `letModelsGo` or `letHandleGo`, or until this process ends in any way. Folders outside a cache, and caches
 * that cannot be written, are not held. Throws the load's errors, and the signal's reason.
 */
export async function loadHeld<T>(
  engine: object,
  folders: readonly HeldFolder[],
  io: { readonly signal?: AbortSignal | undefined; readonly load: () => Promise<T> },
): Promise<T> {
  const { byKey, handles } = holdsOf(engine);
  const wanted = new Map<string, { readonly id: string; readonly layout: RepoLayout }>();
  for (const { id, path } of folders) {
    const found = cachedFolder(path);
    if (found) wanted.set(JSON.stringify([id, found.layout.repoDir]), { id, layout: found.layout });
  }
  const mine = [...wanted].map(([key, { id, layout }]) => {
    const hold = byKey.get(key) ?? { id, release: undefined, loading: 0 };
    byKey.set(key, hold);
    hold.loading += 1;
    return { key, hold, layout };
  });
  try {
    for (const { hold, layout } of mine) hold.release ??= await announce(layout, io.signal);
    const handle = await io.load();
    handles.set(handle, [...wanted.keys()]);
    return handle;
  } catch (error) {
    for (const { key, hold } of mine) {
      if (hold.loading === 1 && !isNeeded(engine, key)) await letGo(engine, key);
    }
    throw error;
  } finally {
    for (const { hold } of mine) hold.loading -= 1;
  }
}

/** Releases the files of the ids that `which` accepts, unless a load of them is running. Never throws. */
export async function letModelsGo(
  engine: object,
  which: (id: string) => boolean = () => true,
): Promise<void> {
  for (const [key, { id, loading }] of holdsOf(engine).byKey) {
    if (loading === 0 && which(id)) await letGo(engine, key);
  }
}

/** Releases the files that only this handle needs. Never throws. */
export async function letHandleGo(engine: object, handle: unknown): Promise<void> {
  const { byKey, handles } = holdsOf(engine);
  const keys = handles.get(handle) ?? [];
  handles.delete(handle);
  for (const key of keys) {
    if (byKey.get(key)?.loading === 0 && !isNeeded(engine, key)) await letGo(engine, key);
  }
}

/**
 * Releases all files that this handle does not need: the engine drops its earlier models when it loads. Never throws.
 */
export async function letOthersGo(engine: object, handle: unknown): Promise<void> {
  const { byKey, handles } = holdsOf(engine);
  const needed = handles.get(handle) ?? [];
  for (const [key, { loading }] of byKey) {
    if (loading === 0 && !needed.includes(key)) await letGo(engine, key);
  }
}

function isNeeded(engine: object, key: string): boolean {
  return [...holdsOf(engine).handles.values()].some((keys) => keys.includes(key));
}

function holdsOf(engine: object): EngineHolds {
  const known = holds.get(engine) ?? { byKey: new Map(), handles: new Map() };
  holds.set(engine, known);
  return known;
}

async function announce(
  layout: RepoLayout,
  signal: AbortSignal | undefined,
): Promise<Hold["release"]> {
  try {
    const release = await announceDownload(layout, { signal, purpose: "use" });
    kept.add(release);
    return release;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

async function letGo(engine: object, key: string): Promise<void> {
  const { byKey, handles } = holdsOf(engine);
  const release = byKey.get(key)?.release;
  byKey.delete(key);
  for (const [handle, keys] of handles) if (keys.includes(key)) handles.delete(handle);
  if (release === undefined) return;
  kept.delete(release);
  await release().catch(() => undefined);
}
