import { recordUse, snapshotDir } from "@mlx-download/cache";
import { repoBeside } from "@mlx-download/cache/writing";
import type { HubOptions, SelectionOptions } from "../contract/options.ts";
import { findStored } from "../request/stored-snapshot.ts";
import { locateRequest } from "../settings/locate-request.ts";
import type { RepoRef } from "../settings/ref.ts";

/** A snapshot that the cache can give. */
export interface CachedSnapshot {
  readonly repoId: string;
  readonly commit: string;
  /** Absolute path of the snapshot folder. */
  readonly path: string;
  /** Uncertain or missing files that are not needed. Undefined when every selected file is here. */
  readonly warning: string | undefined;
}

/** The cache's answer for a ref: the snapshot, or why there is none. */
export interface CacheLookup {
  readonly repoId: string;
  readonly revision: string;
  /** Undefined when something that was selected is missing. */
  readonly snapshot: CachedSnapshot | undefined;
  /** Paths that are known to be missing. Empty when no listing names them or nothing is here. */
  readonly missing: readonly string[];
  /** The fault, when no path names it. */
  readonly why: string | undefined;
  /** Another cache folder, beside this one, that has the repo. */
  readonly beside: string | undefined;
}

/**
 * The snapshot of `ref` when the cache has the selected files, by the same rules as an offline download. Makes no
 * request. Records the use where the cache can be written, so that eviction takes unused models first. Throws `ref/*`,
 * `settings/*` and `cache/invalid-*`.
 */
export async function findCached(
  ref: string | RepoRef,
  options: HubOptions & SelectionOptions = {},
): Promise<CachedSnapshot | undefined> {
  return (await lookUpCached(ref, options)).snapshot;
}

/** `findCached` that also says why there is none. */
export async function lookUpCached(
  ref: string | RepoRef,
  options: HubOptions & SelectionOptions = {},
): Promise<CacheLookup> {
  const { repoId, revision, layout } = await locateRequest(ref, options);
  const stored = await findStored({ layout, revision, selection: options });
  const about = { repoId, revision, snapshot: undefined, missing: [], why: undefined };
  if (stored.state === "absent") return { ...about, why: stored.why, beside: repoBeside(layout) };
  if (stored.state === "incomplete") {
    return { ...about, missing: stored.missing, why: stored.why, beside: undefined };
  }
  const { commit, warning } = stored;
  await recordUse(layout, commit);
  const snapshot = { repoId, commit, path: snapshotDir(layout, commit), warning };
  return { ...about, snapshot, beside: undefined };
}
