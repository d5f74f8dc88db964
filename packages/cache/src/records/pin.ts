import { open, rm, stat, unlink } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { CacheError } from "../names/errors.ts";
import { errnoOf } from "../disk/errno.ts";
import { fsError } from "../disk/fs-error.ts";
import { refPath, snapshotDir, type RepoLayout } from "../names/layout.ts";
import { listFolder } from "../disk/list-folder.ts";
import { listRepos } from "../disk/list-repos.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { findCommit, readRef, writeRef } from "./ref.ts";
import { checkRevision, isCommit } from "../names/revision.ts";
import type { RepoType } from "../names/repo-id.ts";

/** A promise that a snapshot stays. */
export interface Pin {
  readonly repoId: string;
  readonly repoType: RepoType;
  /** The pinned revision: a ref, which protects whatever commit it points at, or a commit. */
  readonly revision: string;
  /** The commit that is protected now. Null when the ref is gone. */
  readonly commit: string | null;
  /** Unix time in ms. */
  readonly pinnedAt: number;
}

/** The ref that keeps `hf cache prune` from a commit that no other ref names. */
function keepingRef(commit: string): string {
  return `pinned/${commit}`;
}

/**
 * Pins a revision of a repo (default `main`): remove, prune and evict leave its snapshot alone. A
 * pinned commit also gets the ref `pinned/<commit>`, since `hf cache prune` removes commits without
 * a ref. Pinning twice is one pin. Throws `cache/not-found` when the cache has no such snapshot,
 * `cache/invalid-revision`, `cache/not-writable`.
 */
export async function pinModel(layout: RepoLayout, named = "main"): Promise<Pin> {
  const revision = await pinName(layout, named);
  const path = pinPath(layout, revision);
  const commit = await pinnedCommit(layout, revision);
  const there = commit !== null && (await isFolder(snapshotDir(layout, commit)));
  if (!there) {
    throw new CacheError(
      `${layout.repoId} at ${revision} is not in the cache ${layout.cacheDir}`,
      "cache/not-found",
      {
        hint: "Download it first. Only models in the cache can be pinned.",
        data: { repoId: layout.repoId, revision },
      },
    );
  }
  try {
    await ensureDirectory(layout.repoDir, dirname(path));
    await (await open(path, "a", 0o666)).close();
    if (isCommit(revision)) await writeRef(layout, keepingRef(revision), revision);
    const { mtimeMs } = await stat(path);
    const { repoId, repoType } = layout;
    return { repoId, repoType, revision, commit, pinnedAt: Math.round(mtimeMs) };
  } catch (error) {
    throw fsError(error, path);
  }
}

/**
 * Removes a pin. False when there was none. Throws `cache/invalid-revision`, `cache/not-writable`.
 */
export async function unpinModel(layout: RepoLayout, named = "main"): Promise<boolean> {
  const revision = await pinName(layout, named);
  const path = pinPath(layout, revision);
  try {
    await unlink(path);
    // After the pin: a crash in between keeps a model too long, not too short.
    if (isCommit(revision)) await rm(refPath(layout, keepingRef(revision)), { force: true });
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return false;
    throw fsError(error, path);
  }
}

/** The pins of one repo. Empty when there is no such repo. */
export async function repoPins(layout: RepoLayout): Promise<readonly Pin[]> {
  const folder = join(layout.recordsDir, "pins");
  const { entries } = await listFolder(folder, { recursive: true });
  const pins: Pin[] = [];
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const revision = path.slice(folder.length + 1).replaceAll(sep, "/");
    const commit = await pinnedCommit(layout, revision).catch(() => undefined);
    if (commit === undefined) continue; // not a revision: another program's file
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined) continue;
    const { repoId, repoType } = layout;
    pins.push({ repoId, repoType, revision, commit, pinnedAt: Math.round(stats.mtimeMs) });
  }
  return pins;
}

/** Every pin in a cache, by repo and revision. Throws `cache/not-readable`. */
export async function listPins(cacheDir: string): Promise<readonly Pin[]> {
  const pins: Pin[] = [];
  for (const layout of await listRepos(cacheDir)) pins.push(...(await repoPins(layout)));
  return pins;
}

/** The error for a removal of a pinned revision. */
export function pinned(layout: RepoLayout, pins: readonly Pin[]): CacheError {
  const revisions = pins.map(({ revision }) => revision);
  return new CacheError(`${layout.repoId} is pinned (${revisions.join(", ")})`, "cache/pinned", {
    hint: "Nothing of it was removed. Unpin it first if it may be removed.",
    data: { repoId: layout.repoId, revisions },
  });
}

function pinPath(layout: RepoLayout, revision: string): string {
  return join(layout.recordsDir, "pins", checkRevision(revision));
}

/** A pin names a branch, a tag or a whole commit: a shortened one is made whole. */
async function pinName(layout: RepoLayout, revision: string): Promise<string> {
  if ((await readRef(layout, revision)) !== undefined) return revision;
  return (await findCommit(layout, revision)) ?? revision;
}

async function pinnedCommit(layout: RepoLayout, revision: string): Promise<string | null> {
  return (await findCommit(layout, revision)) ?? null;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
