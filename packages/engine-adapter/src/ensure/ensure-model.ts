import {
  cacheLocations,
  isCommit,
  recordUse,
  type RepoLayout,
  repoLayout,
  snapshotDir,
} from "@mlx-download/cache";
import { parseRepoRef } from "@mlx-download/core";
import { downloadShared, isReviewed } from "./download-shared.ts";
import { findLocalModel, isLocalRef } from "./local-ref.ts";
import type { EnsureOptions } from "../contract/options.ts";
import { checkTrustedFolder, checkTrustedPlace } from "./trusted-directories.ts";
import { createWarmPaths } from "./warm-paths.ts";

/** A model that is on this disk, complete. */
export interface EnsuredModel {
  /** `org/name`; for a folder that was named by its path, `local/<name>-<hash>`. */
  readonly repoId: string;
  /** The branch, tag or commit that was asked for; null for a folder. */
  readonly revision: string | null;
  /** What the revision is, 40 hex digits; null for a folder. */
  readonly commit: string | null;
  /** Absolute path of the folder with config and weights. */
  readonly path: string;
  /** True when no byte had to be fetched or copied. */
  readonly fromCache: boolean;
}

/** Where a model would lie, before anything is fetched. */
export interface ModelPlace {
  readonly repoId: string;
  /** Absolute; its last part is a commit that may not be known yet. */
  readonly path: string;
}

/** What an engine has against a place; throws when it would refuse it. */
export type CheckPlace = (place: ModelPlace) => Promise<void> | void;

const warm = createWarmPaths();
const noted = new Map<string, number>();
const MOST_NOTED = 256;
const NOTE_EVERY_MS = 60_000;
const ANY_COMMIT = "0".repeat(40);

/**
 * Makes sure that a model is here and says where: `org/name[@revision]`, or a folder on this machine (`/…`, `./…`,
 * `~/…`, `file://…`), which is never asked about on the network. A commit that is complete in the cache needs no
 * request; everybody who asks for the same at once shares one download. Rejects with an `EngineAdapterError`, a
 * `ModelDownloadError`, or the signal's reason.
 */
export function ensureModel(ref: string, options: EnsureOptions = {}): Promise<EnsuredModel> {
  return ensureModelAt(ref, options);
}

/** `ensureModel` for an engine that has something to say about the place before the first byte. */
export async function ensureModelAt(
  ref: string,
  options: EnsureOptions,
  check?: CheckPlace,
): Promise<EnsuredModel> {
  options.signal?.throwIfAborted();
  const { trustedModelDirectories: trusted } = options;
  if (isLocalRef(ref)) {
    const { id, path } = await findLocalModel(ref, options.env);
    await check?.({ repoId: id, path });
    if (trusted) await checkTrustedFolder(path, trusted);
    return { repoId: id, revision: null, commit: null, path, fromCache: true };
  }

  const { repoId, revision: named } = parseRepoRef(ref, options);
  const revision = options.revision ?? named ?? "main";
  const { hubCache } = cacheLocations(options.env ?? process.env, { cacheDir: options.cacheDir });
  const layout = repoLayout(hubCache, repoId);
  const place = snapshotDir(layout, isCommit(revision) ? revision : ANY_COMMIT);
  await check?.({ repoId, path: place });
  if (trusted) await checkTrustedPlace(place, trusted);

  const mayBeWarm = isCommit(revision) && !options.force && !isReviewed(options);
  const isWarm = mayBeWarm && warm.isHere(place, options);
  if (isWarm) noteUse(layout, revision);
  const model: EnsuredModel = isWarm
    ? { repoId, revision, commit: revision, path: place, fromCache: true }
    : await downloadShared({ repoId, revision }, options);
  if (!isWarm) await warm.remember(model.path, options);
  if (trusted) await checkTrustedFolder(model.path, trusted);
  return model;
}

/** Notes the use of a snapshot for eviction, once a minute; nobody waits for it and it never fails. */
function noteUse(layout: RepoLayout, commit: string): void {
  const key = `${layout.repoDir}@${commit}`;
  const now = Date.now();
  if (now - (noted.get(key) ?? 0) < NOTE_EVERY_MS) return;
  if (noted.size >= MOST_NOTED) noted.clear();
  noted.set(key, now);
  void recordUse(layout, commit);
}
