import { formatDigest, type SnapshotFile } from "@mlx-download/cache";
import { codedError } from "../contract/coded-error.ts";
import { diskFree } from "../transfer/disk/disk-free.ts";
import type { DownloadOptions } from "../contract/options.ts";
import { type DownloadRequest, readRequest } from "../request/download-request.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { PreparedDownload } from "./prepared-download.ts";
import { reviewDownload } from "./review-download.ts";
import { askAccess, withheldError } from "../hub/ask-access.ts";
import { isPublicFile } from "../hub/gated.ts";
import { findLocalCopies, type LocalCopyOptions } from "./local-copies.ts";
import { checkListed, findOthersBytes } from "./verify-known.ts";
import { tellUnloadable } from "./tell-unloadable.ts";
import { type DownloadPlan, planDownload } from "../transfer/plan.ts";
import type { RepoRef } from "../settings/ref.ts";
import { type ResolvedSnapshot, resolveSnapshot } from "../request/resolve-snapshot.ts";
import { findXetWay } from "./find-xet-way.ts";
import { leftOutOf } from "../select/left-out.ts";
import { asMeant } from "../select/as-meant.ts";
import { createSelector } from "../select/select.ts";
import { createCacheTarget, createLocalDirTarget, type Target } from "../transfer/target.ts";
import { readJournal } from "../transfer/disk/journal.ts";
import { createRangeSet } from "../transfer/disk/ranges.ts";
import { SMALL_BLOB_BYTES } from "../transfer/small-blob-bytes.ts";

/**
 * The plan of a download, without running it. Resolves the ref (network, unless offline or cached by commit), reads the
 * cache and the disk, and writes nothing. Rejects as `download` does.
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
    await request.hubs.close();
  }
}

/** Resolves, selects, reads the local state, and plans. */
export async function prepareDownload(request: DownloadRequest): Promise<PreparedDownload> {
  const { backend, force, layout, localDir, settings } = request;
  const resolved = await resolveSnapshot(request);
  const { snapshot } = resolved;
  const target =
    localDir === undefined
      ? createCacheTarget(layout, snapshot, { symlinks: settings.symlinks })
      : createLocalDirTarget(localDir, snapshot);
  const files = await selectFiles(request, resolved, target);
  if (!request.known) await tellUnloadable(request, resolved, files);

  const states: Awaited<ReturnType<Target["inspect"]>> = force
    ? new Map()
    : await inspectLocally(request, target, { files, commit: snapshot.commit });
  const absent = files.filter((file) => (states.get(file.path) ?? "absent") === "absent");
  // A backend fetches whole files only.
  const [copies, partials, free] =
    force || backend
      ? [new Map<string, string>(), new Map<string, number>(), await diskFree(target.root)]
      : await Promise.all([
          findLocalCopies(layout, absent, copying(request)),
          readPartials(target, absent),
          diskFree(target.root),
        ]);
  const missing = absent.filter(({ digest }) => !copies.has(formatDigest(digest)));
  const xet = await findXetWay(request, resolved, missing);
  const taken = new Set(files);
  const plan = planDownload({
    leftOutFiles: snapshot.files.filter((file) => !taken.has(file)),
    repoId: snapshot.repoId,
    revision: snapshot.revision,
    commit: snapshot.commit,
    files,
    leftOut: leftOutOf([...snapshot.files, ...(snapshot.withheld ?? [])], files, request.selection),
    stateOf: (path) => states.get(path) ?? "absent",
    copyFrom: (digest) => copies.get(digest),
    xetWay: (digest) => xet?.ways.get(digest),
    resumable: (digest) => partials.get(digest) ?? 0,
    diskFree: free,
  });
  return { ...resolved, target, plan, xet };
}

/** The state of the files here. For a snapshot that only the caller knows, the right length is not enough. */
async function inspectLocally(
  request: DownloadRequest,
  target: Target,
  { files, commit }: { readonly files: readonly SnapshotFile[]; readonly commit: string },
): ReturnType<Target["inspect"]> {
  const { known, layout, localDir, signal } = request;
  if (known) await checkListed(layout, known, files);
  const states = await target.inspect(files, inspecting(request));
  if (known === undefined || localDir !== undefined) return states;
  const present = files.filter(({ path }) => states.get(path) === "present");
  const others = await findOthersBytes(layout, commit, present, signal);
  return new Map([...states].map(([path, state]) => [path, others.has(path) ? "absent" : state]));
}

/**
 * Where to look for bytes on this disk. Offline there is no other way to small files. The files of a snapshot that
 * only the caller knows are first asked of a Hub: otherwise an edited lock could put the files of one repo into another
 * one's snapshot.
 */
const copying = ({ settings: { offline }, known }: DownloadRequest): LocalCopyOptions => ({
  otherRepos: offline || known === undefined,
  ...(offline && { leastBytes: 0 }),
});

const inspecting = ({ signal, emit }: DownloadRequest): Parameters<Target["inspect"]>[1] => ({
  signal,
  onVerify: ({ path, size }) => emit({ type: "verifying", path, size }),
});

/** The wanted files. Refuses when a missing file needs access to a gated repo. */
async function selectFiles(
  request: DownloadRequest,
  { snapshot, client }: ResolvedSnapshot,
  target: Target,
): Promise<readonly SnapshotFile[]> {
  const { repoId, signal, backend, emit } = request;
  const { files, withheld = [] } = snapshot;
  // Chosen already: a rule for those who name nothing must not choose again.
  if (request.known) return files;
  const all = [...files, ...withheld];
  const listed = all.length;
  const { selection, unmatched } = asMeant(request.selection, all);
  const selected = createSelector(selection)(all);
  if (selected.length > 0) {
    for (const pattern of unmatched)
      emit({
        type: "warning",
        code: "select/no-match",
        message: `The pattern ${pattern} matches no file of ${repoId}.`,
      });
    const available = selected.filter((file): file is SnapshotFile => "digest" in file);
    if (withheld.length === 0) return available;
    const states = await target.inspect(available, inspecting(request));
    const isHere = ({ path }: { readonly path: string }): boolean =>
      (states.get(path) ?? "absent") !== "absent";
    if (selected.every((file) => isPublicFile(file) || isHere(file))) return available;
    const refused = { ...snapshot, withheld };
    throw backend
      ? withheldError(refused, client.settings)
      : await askAccess(client, refused, { signal });
  }
  throw new ModelDownloadError(
    listed === 0
      ? `${repoId} has no files`
      : `none of the ${listed} files of ${repoId} matches the patterns`,
    "select/no-match",
    {
      hint:
        listed === 0
          ? "Nothing was uploaded there yet at this revision. Choose another revision or repo."
          : "Patterns match the whole path and are case-sensitive. * also matches across folders.",
      repoId,
      data: { files: listed },
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
