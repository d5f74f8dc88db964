import { formatDigest, type SnapshotFile } from "@mlx-download/cache";
import { codedError } from "../contract/coded-error.ts";
import { diskFree } from "./disk-free.ts";
import type { DownloadOptions } from "../contract/options.ts";
import { closeClients, type DownloadRequest, readRequest } from "../request/download-request.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { reviewDownload } from "./review-download.ts";
import { findLocalCopies } from "./local-copies.ts";
import { type DownloadPlan, planDownload } from "../transfer/plan.ts";
import type { RepoRef } from "../settings/ref.ts";
import { type ResolvedSnapshot, resolveSnapshot } from "../request/resolve-snapshot.ts";
import { createSelector } from "../select/select.ts";
import { createCacheTarget, createLocalDirTarget, type Target } from "../transfer/target.ts";
import { readJournal } from "../transfer/disk/journal.ts";
import { createRangeSet } from "../transfer/disk/ranges.ts";
import { SMALL_BLOB_BYTES } from "../transfer/small-blob-bytes.ts";

/** A resolved and planned download; nothing is written yet. */
export interface PreparedDownload extends ResolvedSnapshot {
  readonly target: Target;
  readonly plan: DownloadPlan;
}

/**
 * What a download would do, without doing it: resolves the ref (network, unless offline or cached by commit), looks at
 * the cache and the disk, writes nothing. Rejects as `download` does.
 */
export async function planModel(
  ref: string | RepoRef,
  options: DownloadOptions = {},
): Promise<DownloadPlan> {
  const request = await readRequest(ref, options);
  try {
    const prepared = await prepareDownload(request);
    await reviewDownload(request, prepared);
    return prepared.plan;
  } catch (error) {
    throw codedError(error, request.repoId);
  } finally {
    await closeClients(request);
  }
}

/** Resolves, selects, looks at what is here, and plans. */
export async function prepareDownload(request: DownloadRequest): Promise<PreparedDownload> {
  const { backend, force, layout, localDir, settings } = request;
  const resolved = await resolveSnapshot(request);
  const { snapshot } = resolved;
  const files = selectFiles(request, snapshot.files);
  const target =
    localDir === undefined
      ? createCacheTarget(layout, snapshot, { symlinks: settings.symlinks })
      : createLocalDirTarget(localDir, snapshot);

  const states: Awaited<ReturnType<Target["inspect"]>> = force
    ? new Map()
    : await target.inspect(files, {
        signal: request.signal,
        onVerify: ({ path, size }) => request.emit({ type: "verifying", path, size }),
      });
  const absent = files.filter((file) => (states.get(file.path) ?? "absent") === "absent");
  // A backend fetches whole files only.
  const [copies, partials, free] =
    force || backend
      ? [new Map<string, string>(), new Map<string, number>(), await diskFree(target.root)]
      : await Promise.all([
          findLocalCopies(layout, absent),
          readPartials(target, absent),
          diskFree(target.root),
        ]);
  const plan = planDownload({
    repoId: snapshot.repoId,
    revision: snapshot.revision,
    commit: snapshot.commit,
    files,
    stateOf: (path) => states.get(path) ?? "absent",
    copyFrom: (digest) => copies.get(digest),
    resumable: (digest) => partials.get(digest) ?? 0,
    diskFree: free,
  });
  return { ...resolved, target, plan };
}

function selectFiles(
  request: DownloadRequest,
  files: readonly SnapshotFile[],
): readonly SnapshotFile[] {
  const { selection, repoId } = request;
  const selected = createSelector(selection)(files);
  if (selected.length > 0) return selected;
  throw new ModelDownloadError(
    files.length === 0
      ? `${repoId} has no files`
      : `none of the ${files.length} files of ${repoId} matches the patterns`,
    "select/no-match",
    {
      hint:
        files.length === 0
          ? "Nothing was uploaded there yet at this revision; choose another revision or repo."
          : "Patterns match the whole path, case-sensitively; * also crosses folders.",
      repoId,
      data: { files: files.length },
    },
  );
}

/** Bytes in the partials of `files`, by digest text. */
async function readPartials(
  target: Target,
  files: readonly SnapshotFile[],
): Promise<ReadonlyMap<string, number>> {
  const large = files.filter((file) => file.size > SMALL_BLOB_BYTES);
  const entries = await Promise.all(
    large.map(async (file) => {
      const ranges = await readJournal(target.partialPaths(file).journal, file.digest, file.size);
      return [formatDigest(file.digest), createRangeSet(ranges).covered] as const;
    }),
  );
  return new Map(entries);
}
