import {
  inspectFiles,
  isCommit,
  readRef,
  readTreeRecord,
  recordUse,
  snapshotDir,
} from "@mlx-download/cache";
import type { HubOptions, SelectionOptions } from "../contract/options.ts";
import { locateRequest } from "../settings/locate-request.ts";
import type { RepoRef } from "../settings/ref.ts";
import { createSelector } from "../select/select.ts";

/** A snapshot that is complete in the cache. */
export interface CachedSnapshot {
  readonly repoId: string;
  readonly commit: string;
  /** Absolute path of the snapshot folder. */
  readonly path: string;
}

/**
 * The snapshot of `ref` when every selected file of it is in the cache. Makes no request; notes the use, where the
 * cache can be written, so that eviction takes what nobody asks for first.
 */
export async function findCached(
  ref: string | RepoRef,
  options: HubOptions & SelectionOptions = {},
): Promise<CachedSnapshot | undefined> {
  const { repoId, revision, layout } = await locateRequest(ref, options);
  const commit = isCommit(revision) ? revision : await readRef(layout, revision);
  const files = commit === undefined ? undefined : await readTreeRecord(layout, commit);
  if (commit === undefined || files === undefined) return undefined;
  const selected = createSelector(options)(files);
  const states = await inspectFiles(layout, commit, selected);
  const complete = selected.every((file) => states.get(file.path) === "present");
  if (!complete) return undefined;
  await recordUse(layout, commit);
  return { repoId, commit, path: snapshotDir(layout, commit) };
}
