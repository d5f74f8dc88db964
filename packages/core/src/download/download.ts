import { recordUse } from "@mlx-download/cache";
import { messageWithoutThreads } from "@mlx-download/cache/writing";
import { transferByBackend } from "./transfer-by-backend.ts";
import { codedError } from "../contract/coded-error.ts";
import { diskAmount } from "../contract/disk-amount.ts";
import { type DiskReservation, reserveDisk } from "./disk-reservation.ts";
import type { DownloadOptions } from "../contract/options.ts";
import { type DownloadRequest, readRequest } from "../request/download-request.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { reviewDownload } from "./review-download.ts";
import { prepareDownload } from "./plan-model.ts";
import type { PreparedDownload } from "./prepared-download.ts";
import type { RepoRef } from "../settings/ref.ts";
import { notCached } from "../request/resolve-snapshot.ts";
import type { DownloadResult, FileResult, SourceBytes } from "../contract/result.ts";
import { createProgressTracker, type ProgressTracker } from "../transfer/progress.ts";
import { createHubSources } from "../transfer/sources/hub-sources.ts";
import { createSourceSet, type SourceSet } from "../transfer/sources/source-set.ts";
import { askPeers } from "./ask-peers.ts";
import { createKnownSources } from "./known-sources.ts";
import { verifyKnown } from "./verify-known.ts";
import { joinScheduler } from "../transfer/connections/scheduler.ts";
import { SMALL_BLOB_BYTES } from "../transfer/small-blob-bytes.ts";
import { readJournal } from "../transfer/disk/journal.ts";
import type { DownloadPlan } from "../transfer/plan.ts";
import type { Target } from "../transfer/target.ts";
import { transfer } from "../transfer/transfer.ts";

/**
 * Downloads a model: resolves the ref, plans, fetches the missing bytes over several connections, verifies every byte
 * against the Hub's digests, and publishes it into the Hugging Face cache (or `localDir`). It continues an earlier
 * unfinished run. Rejects with a `ModelDownloadError`, or with the signal's reason when aborted.
 */
export async function download(
  ref: string | RepoRef,
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  return runDownload(await readRequest(ref, options));
}

/** {@link download} for a request that is already read. Closes it. */
export async function runDownload(request: DownloadRequest): Promise<DownloadResult> {
  const startedAt = performance.now();
  try {
    for (const message of request.settings.warnings) {
      request.emit({ type: "warning", code: "settings/invalid", message });
    }
    const prepared = await prepareDownload(request);
    const { plan, target } = prepared;
    request.emit({
      type: "planned",
      commit: plan.commit,
      files: plan.files.length,
      bytes: plan.bytes,
      leftOut: plan.leftOut,
    });
    await reviewDownload(request, prepared);
    const moved = await transferWithRoom(request, prepared);
    if (request.localDir === undefined) await recordUse(request.layout, plan.commit);
    const result: DownloadResult = {
      repoId: plan.repoId,
      revision: plan.revision,
      commit: plan.commit,
      path: target.path,
      fromCache: moved.bytes.copied + moved.bytes.fetched + moved.bytes.resumed === 0,
      durationMs: Math.round(performance.now() - startedAt),
      bytes: { total: plan.bytes.total, ...moved.bytes, saved: savedBytes(moved.bytes) },
      sources: moved.sources,
      files: moved.files,
      leftOut: plan.leftOut,
    };
    request.emit({ type: "result", result });
    return result;
  } catch (error) {
    const coded = codedError(error, request.repoId);
    const { code, message, hint } =
      coded instanceof ModelDownloadError
        ? coded
        : {
            code: request.signal.aborted ? "aborted" : "unexpected",
            message: String(coded),
            hint: "",
          };
    request.emit({ type: "error", error: { code, message, hint } });
    throw coded;
  } finally {
    await request.hubs.close();
  }
}

/**
 * Transfers when there is room, also for the bytes that other downloads of this process will still write. Otherwise
 * refuses before the first byte.
 */
async function transferWithRoom(
  request: DownloadRequest,
  prepared: PreparedDownload,
): ReturnType<typeof transferAndPublish> {
  const { plan, target } = prepared;
  const { diskFree, toFetch, copyable } = plan.bytes;
  const need = toFetch + copyable;
  const disk = await reserveDisk(target.root, need);
  try {
    const { others } = disk;
    if (diskFree !== null && need > diskFree - others) {
      const also = others > 0 ? ` and other downloads will take ${diskAmount(others)} of them` : "";
      throw new ModelDownloadError(
        `${plan.repoId} needs ${diskAmount(need)} more on this disk, ${diskAmount(diskFree)} are free${also}`,
        "disk/insufficient",
        {
          hint: `Free ${diskAmount(need + others - diskFree)}, or name a folder on another disk with the option \`cacheDir\`.`,
          repoId: request.repoId,
          data: { needBytes: need, freeBytes: diskFree, reservedBytes: others },
        },
      );
    }
    const writes = plan.blobs.length + plan.links.length > 0 && !isBeyondReach(request, plan);
    const leave = writes ? await target.guard(request.signal) : undefined;
    try {
      const moved = await transferAndPublish(request, prepared, disk);
      await leave?.();
      return moved;
    } catch (error) {
      await leave?.();
      await target.abandon(await findEmptyPartials(target, plan));
      throw error;
    }
  } finally {
    disk.release();
  }
}

/** The data files of unfinished blobs of which no byte has arrived. */
async function findEmptyPartials(
  target: Target,
  { blobs }: DownloadPlan,
): Promise<ReadonlySet<string>> {
  const empty = new Set<string>();
  for (const {
    files: [file],
    size,
  } of blobs) {
    const { data, journal } = target.partialPaths(file);
    const ranges = await readJournal(journal, file.digest, size).catch(() => undefined);
    if (ranges?.length === 0) empty.add(data);
  }
  return empty;
}

/** Whether something must be fetched, and nothing may be. */
const isBeyondReach = ({ settings }: DownloadRequest, { blobs }: DownloadPlan): boolean =>
  settings.offline && blobs.some(({ copyFrom }) => copyFrom === undefined);

type Transferred = Pick<DownloadResult, "files" | "sources">;
type MovedBytes = Omit<DownloadResult["bytes"], "total" | "saved">;

function savedBytes({ copied, fetched, wire }: MovedBytes): number {
  return Math.max(0, copied + fetched - wire);
}

/** Transfers the plan's missing bytes and publishes the snapshot. */
async function transferAndPublish(
  request: DownloadRequest,
  prepared: PreparedDownload,
  disk: DiskReservation,
): Promise<Transferred & { readonly bytes: MovedBytes }> {
  const { plan, target, from, snapshot } = prepared;
  const { emit } = request;
  const results = new Map<string, FileResult>();
  const paths = new Set(plan.files.map(({ path }) => path));
  const selected = snapshot.files.filter(({ path }) => paths.has(path));
  for (const { path, size, digest, action } of plan.files) {
    if (action === "keep") results.set(path, { path, size, digest, status: "cached" });
  }
  const verify = async (): Promise<void> => {
    if (request.known) await verifyKnown(request.known, target.path, request.signal);
  };
  const nothing = { cached: plan.bytes.cached, resumed: 0, copied: 0, fetched: 0, wire: 0 };
  if (plan.blobs.length === 0 && plan.links.length === 0) {
    await verify();
    // A complete cache may be read-only. The record for offline use is then missing.
    if (from === "hub" || request.known)
      await target
        .begin()
        .then(() => target.finish(selected))
        .catch(() => undefined);
    return { files: inOrder(plan.files, results), bytes: nothing, sources: [] };
  }
  if (isBeyondReach(request, plan)) {
    throw notCached(
      request,
      plan.blobs.flatMap((blob) => blob.files.map((file) => file.path)),
    );
  }

  await target.begin();
  for (const file of plan.links) await target.publish(file);
  const need = disk.left;
  const progress = createProgressTracker(
    {
      total: plan.bytes.total,
      cached: plan.bytes.cached,
      files: plan.files.length,
      filesDone: results.size,
    },
    (event) => {
      if (event.type === "progress") disk.left = need - event.bytes.fetched - event.bytes.copied;
      emit(event);
    },
  );
  // Bytes of another repo, of another commit or from a peer are no reason to believe that this commit has them.
  const isCopied = plan.blobs.some(({ copyFrom }) => copyFrom !== undefined);
  const hasPeers = request.settings.peers.length > 0 || request.settings.findPeers;
  let sources: readonly SourceBytes[] = [];
  let isFoundElsewhere = request.known !== undefined && (isCopied || hasPeers);
  try {
    const transferred = request.backend
      ? {
          files: await transferByBackend(plan.blobs, {
            request: { ...request, client: prepared.client },
            backend: request.backend,
            plan,
            target,
            progress,
          }),
          sources: [],
        }
      : await transferNatively(request, prepared, {
          progress,
          onElsewhere: () => (isFoundElsewhere = true),
        });
    for (const file of transferred.files) results.set(file.path, file);
    sources = transferred.sources;
  } finally {
    progress.stop();
  }
  await verify();
  emit({ type: "publishing", commit: plan.commit });
  await target.finish(selected, { withRef: !isFoundElsewhere });
  return { files: inOrder(plan.files, results), bytes: { ...progress.totals }, sources };
}

/** Transfers over connections that all downloads of this process share. */
async function transferNatively(
  request: DownloadRequest,
  { plan, target, snapshot, client, xet }: PreparedDownload,
  {
    progress,
    onElsewhere,
  }: { readonly progress: ProgressTracker; readonly onElsewhere: () => void },
): Promise<Transferred> {
  const { settings, signal, force, emit, known, onArrived } = request;
  const { leave, decoders, ...place } = joinScheduler(settings.endpoint, request);
  const peers = await askPeers(request, plan, client);
  try {
    if (plan.blobs.some(({ size }) => size > SMALL_BLOB_BYTES)) {
      place.disk.start((reason) => {
        const message = messageWithoutThreads(reason);
        emit({ type: "warning", code: "transfer/no-threads", topic: "threads", message });
      });
    }
    const source = settings.offline
      ? createNoSource(request)
      : known
        ? createKnownSources(request, known, { onElsewhere, peers })
        : createHubSources(request, snapshot, { listedBy: client, peers });
    const files = await transfer(plan.blobs, {
      repoId: plan.repoId,
      source,
      target,
      xet: xet && { ...xet, threads: decoders },
      ...place,
      progress,
      signal,
      idleMs: settings.downloadTimeoutMs,
      force,
      emit,
      onArrived,
    });
    return { files, sources: source.taken() };
  } finally {
    await peers?.close();
    await leave();
  }
}

/** Offline, when a copy on this disk turns out to be damaged. */
function createNoSource(request: DownloadRequest): SourceSet {
  const read = ({ path }: { readonly path: string }): Promise<never> =>
    Promise.reject(notCached(request, [path]));
  return createSourceSet([{ name: "this disk", read }], request.emit);
}

function inOrder(
  files: readonly { readonly path: string }[],
  results: ReadonlyMap<string, FileResult>,
): FileResult[] {
  return files.flatMap((file) => results.get(file.path) ?? []);
}
