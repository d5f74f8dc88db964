import { forEachInLanes } from "@mlx-download/cache/writing";
import { identifyModel } from "@mlx-download/core";
import { type LockedModel, type ManifestModel, parseNamedModel } from "@mlx-download/registry";
import { isOfOneModel } from "./installed-model.ts";
import { lockedModel, patterns } from "./locked-model.ts";
import type { AskOptions } from "./project-options.ts";

/** The lock's entry of a wanted model, or why there is none. */
export type IdentifiedWant =
  | { readonly alias: string; readonly wanted: ManifestModel; readonly locked: LockedModel }
  | { readonly alias: string; readonly wanted: ManifestModel; readonly error: Error };

const CONCURRENCY = 4;

/**
 * Looks up the models of a manifest: the current commit of each, and its files. `commitOf` names commits that are known
 * already. Rejects only when aborted. A failure of one model is its own.
 */
export async function identifyWanted(
  wanted: ReadonlyMap<string, ManifestModel>,
  options: AskOptions,
  commitOf: ReadonlyMap<string, string> = new Map(),
): Promise<readonly IdentifiedWant[]> {
  const found = new Map<string, IdentifiedWant>();
  const identify = async (
    [alias, model]: readonly [string, ManifestModel],
    stop: AbortSignal,
  ): Promise<void> => {
    const { repoId, revision } = parseNamedModel(model.ref);
    const ref = { repoId, revision: commitOf.get(alias) ?? revision ?? "main" };
    try {
      const asked = { ...options, signal: stop, ...patterns(model) };
      const identified = await identifyModel(ref, asked);
      found.set(alias, { alias, wanted: model, locked: lockedModel(identified, model) });
    } catch (error) {
      stop.throwIfAborted();
      if (!isOfOneModel(error)) throw error;
      found.set(alias, { alias, wanted: model, error });
    }
  };
  await forEachInLanes([...wanted], identify, { atOnce: CONCURRENCY, signal: options.signal });
  return [...wanted.keys()].flatMap((alias) => found.get(alias) ?? []);
}
