import { isCommit, readRef, readTreeRecord, type SnapshotFile } from "@mlx-download/cache";
import type { DownloadRequest } from "./download-request.ts";
import { ModelDownloadError } from "./errors.ts";
import { listTree } from "./hub/list-tree.ts";
import { resolveCommit } from "./hub/resolve-commit.ts";
import type { Snapshot } from "./snapshot.ts";

/** A snapshot, and whether the Hub or the cache said what it is. */
export interface ResolvedSnapshot {
  readonly snapshot: Snapshot;
  readonly from: "hub" | "cache";
}

/** Codes after which a copy in the cache is as good an answer as there is. */
const HUB_IS_AWAY: ReadonlySet<string> = new Set([
  "hub/unreachable",
  "hub/unavailable",
  "hub/rate-limited",
]);

/**
 * Finds commit and files of what is asked for: a commit whose listing is in the cache needs no request, a branch one,
 * a new commit two. Offline, or when the Hub is away, the cache answers for the branch.
 */
export async function resolveSnapshot(request: DownloadRequest): Promise<ResolvedSnapshot> {
  const { repoId, revision, layout, settings, client, signal, emit } = request;
  emit({ type: "resolving", revision });
  const known = isCommit(revision) ? revision : undefined;
  if (settings.offline) return fromCache(request, known ?? (await readRef(layout, revision)));

  let commit = known;
  try {
    commit ??= (await resolveCommit(client, { repoId, revision }, { signal })).commit;
    const recorded = await readTreeRecord(layout, commit);
    const files = recorded ?? (await listTree(client, { repoId, commit }, { signal }));
    const from = known !== undefined && recorded !== undefined ? "cache" : "hub";
    emit({ type: "resolved", revision, commit, from });
    return { snapshot: { repoId, revision, commit, files }, from };
  } catch (error) {
    const away = error instanceof ModelDownloadError && HUB_IS_AWAY.has(error.code);
    const cached = away ? await cachedListing(request) : undefined;
    if (!away || cached === undefined) throw error;
    emit({
      type: "warning",
      code: error.code,
      message: `${error.message}; using ${revision} as the cache knows it (${cached.commit.slice(0, 7)})`,
      hint: error.hint,
    });
    emit({ type: "resolved", revision, commit: cached.commit, from: "cache" });
    return { snapshot: { repoId, revision, ...cached }, from: "cache" };
  }
}

async function cachedListing(
  request: DownloadRequest,
): Promise<{ commit: string; files: readonly SnapshotFile[] } | undefined> {
  const { layout, revision } = request;
  const commit = isCommit(revision) ? revision : await readRef(layout, revision);
  const files = commit === undefined ? undefined : await readTreeRecord(layout, commit);
  return commit === undefined || files === undefined ? undefined : { commit, files };
}

async function fromCache(
  request: DownloadRequest,
  commit: string | undefined,
): Promise<ResolvedSnapshot> {
  const { repoId, revision, layout, emit } = request;
  const files = commit === undefined ? undefined : await readTreeRecord(layout, commit);
  if (commit === undefined || files === undefined) throw notCached(request, []);
  emit({ type: "resolved", revision, commit, from: "cache" });
  return { snapshot: { repoId, revision, commit, files }, from: "cache" };
}

/** Offline and not (wholly) in the cache; `missing` names files when some are there. */
export function notCached(
  request: DownloadRequest,
  missing: readonly string[],
): ModelDownloadError {
  const { repoId, revision, settings } = request;
  const what =
    missing.length === 0
      ? `is not in the cache (${settings.cacheDir})`
      : `is not complete in the cache: ${missing.length} files are missing, ${missing[0]} among them`;
  return new ModelDownloadError(`${repoId}@${revision} ${what}`, "offline/not-cached", {
    hint: "Run again without --offline and without HF_HUB_OFFLINE, or name the cache that has it with --cache-dir.",
    repoId,
    data: { revision, cacheDir: settings.cacheDir, missing: missing.slice(0, 20) },
  });
}
