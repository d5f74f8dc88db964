import {
  cacheLocations,
  isCommit,
  recordUse,
  type RepoLayout,
  repoLayout,
  snapshotDir,
} from "@mlx-download/cache";
import { type KnownSnapshot, parseRepoRef } from "@mlx-download/core";
import { downloadLocked, downloadShared, isReviewed } from "./download-shared.ts";
import type { CheckFolder, EnsuredModel } from "../contract/engine.ts";
import { findLocked } from "./locked-model.ts";
import { findLocalModel, isLocalRef } from "./local-ref.ts";
import type { EnsureOptions } from "../contract/options.ts";
import { checkTrustedFolder, checkTrustedPlace } from "./trusted-directories.ts";
import { createWarmPaths } from "./warm-paths.ts";

const warm = createWarmPaths();
const noted = new Map<string, number>();
const MOST_NOTED = 256;
const NOTE_EVERY_MS = 60_000;
const ANY_COMMIT = "0".repeat(40);

/**
 * Makes sure that a model is here and returns its place: `org/name[@revision]`, an alias of the nearest project (a word
 * without a slash, brought as its lock has it), or a folder on this machine (`/…`, `./…`, `~/…`, `file://…`), which never
 * causes a network request. A commit that is complete in the cache needs no
 * request. All concurrent callers for the same model share one download. Rejects with an `EngineAdapterError`, a
 * `ModelDownloadError`, or the signal's reason.
 */
export function ensureModel(ref: string, options: EnsureOptions = {}): Promise<EnsuredModel> {
  return ensureModelAt(ref, options);
}

/** `ensureModel` for an engine that has something to say about the place before the first byte. */
export async function ensureModelAt(
  ref: string,
  options: EnsureOptions,
  check?: CheckFolder,
): Promise<EnsuredModel> {
  options.signal?.throwIfAborted();
  const { trustedModelDirectories: trusted } = options;
  if (isLocalRef(ref)) {
    const { id, path, snapshot } = await findLocalModel(ref, options.env);
    await check?.({ repoId: id, path });
    if (trusted) await checkTrustedFolder(path, trusted);
    const commit = snapshot?.commit ?? null;
    if (snapshot) noteUse(snapshot.layout, snapshot.commit);
    return { repoId: id, revision: commit, commit, path, fromCache: true };
  }

  const locked = await findLocked(ref, options);
  if (locked) return ensureLocked(locked, options, check);
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

/** A model of a lock: its commit and files are known, so that no Hub is asked about it. */
async function ensureLocked(
  snapshot: KnownSnapshot,
  options: EnsureOptions,
  check?: CheckFolder,
): Promise<EnsuredModel> {
  const { trustedModelDirectories: trusted } = options;
  const { repoId, commit } = snapshot;
  const { locateLocked } = await import("@mlx-download/project");
  const { path, missing } = await locateLocked(snapshot, options);
  await check?.({ repoId, path });
  if (trusted) await checkTrustedPlace(path, trusted);
  const isHere = missing.length === 0 && !options.force && !isReviewed(options);
  const model: EnsuredModel = isHere
    ? { repoId, revision: commit, commit, path, fromCache: true }
    : await downloadLocked(snapshot, options);
  if (trusted) await checkTrustedFolder(model.path, trusted);
  return model;
}

/** Records the use of a snapshot for eviction, once a minute. Callers do not wait for it, and it never fails. */
function noteUse(layout: RepoLayout, commit: string): void {
  const key = `${layout.repoDir}@${commit}`;
  const now = Date.now();
  if (now - (noted.get(key) ?? 0) < NOTE_EVERY_MS) return;
  if (noted.size >= MOST_NOTED) noted.clear();
  noted.set(key, now);
  void recordUse(layout, commit);
}
