import { join } from "node:path";
import { digestFile, formatDigest, type SnapshotFile } from "@mlx-download/cache";
import { ModelDownloadError } from "../contract/errors.ts";
import type { DownloadPlan, PlannedBlob } from "../transfer/plan.ts";
import type { FileResult, FileStatus } from "../contract/result.ts";
import type { Target } from "../transfer/target.ts";
import type { FileProgress, ProgressTracker } from "../transfer/progress.ts";
import { askBackend, backendHub, type RequestAtHub } from "../request/ask-backend.ts";
import type { DownloadRequest } from "../request/download-request.ts";
import type { DownloadBackend } from "../contract/backend.ts";

/** The inputs of a transfer by a backend. */
export interface BackendTransfer {
  readonly request: DownloadRequest & RequestAtHub;
  readonly backend: DownloadBackend;
  readonly plan: DownloadPlan;
  readonly target: Target;
  readonly progress: ProgressTracker;
}

const TRIES = 3;

/**
 * Lets a backend bring the blobs of a plan and verifies each file by its digest as soon as it is there. Files of the
 * same content are made from the first. Wrong bytes are removed and requested again, at most twice, then
 * `transfer/checksum-mismatch`.
 */
export async function transferByBackend(
  blobs: readonly PlannedBlob[],
  work: BackendTransfer,
): Promise<readonly FileResult[]> {
  const { request, target } = work;
  const results: FileResult[] = [];
  let waiting = new Map(blobs.map((blob) => [blob.files[0].path, blob]));
  // A client that trusts any file with a blob's name would take a truncated one for whole.
  if (!request.force) {
    for (const { files } of blobs)
      if (!(await target.has(files[0]))) await target.discard(files[0]);
  }
  for (let attempt = 1; waiting.size > 0; attempt += 1) {
    const wrong = await bringAll(waiting, work, results);
    for (const [path, error] of wrong) {
      if (attempt >= TRIES) throw error;
      const { code, message } = error;
      request.emit({ type: "retry", path, attempt, delayMs: 0, code, message });
    }
    waiting = new Map([...waiting].filter(([path]) => wrong.has(path)));
  }
  return results;
}

/** Brings the waiting blobs. Resolves to those whose bytes were wrong. */
async function bringAll(
  waiting: ReadonlyMap<string, PlannedBlob>,
  work: BackendTransfer,
  results: FileResult[],
): Promise<ReadonlyMap<string, ModelDownloadError>> {
  const { request, backend, plan, progress } = work;
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const missing = new Map(waiting);
  const wrong = new Map<string, ModelDownloadError>();
  const moving = new Map<string, FileProgress & { wire: number }>();
  let proving: Promise<void> = Promise.resolve();

  const start = (path: string, size: number): FileProgress & { wire: number } => {
    const known = moving.get(path);
    if (known) return known;
    request.emit({ type: "file-started", path, size, resumed: 0 });
    const record = Object.assign(progress.start({ path, size, resumed: 0 }), { wire: 0 });
    moving.set(path, record);
    return record;
  };
  const arrived = async (path: string, wire: number | null): Promise<void> => {
    const blob = missing.get(path);
    if (!blob) return;
    missing.delete(path);
    const record = start(path, blob.size);
    // Nothing came over the network: it was somewhere on this disk.
    const status: FileStatus = wire === 0 && blob.size > 0 ? "copied" : "fetched";
    progress.wire(Math.max(0, (wire ?? blob.size) - record.wire));
    record.received = blob.size;
    const problem = await prove(blob, status, { ...work, signal, results, record });
    if (problem) wrong.set(path, problem);
    moving.delete(path);
  };
  const failed = (reason: unknown): never => {
    stop.abort(reason);
    throw reason;
  };

  try {
    await askBackend(
      () =>
        backend.fetch({
          ...backendHub({ ...request, signal }),
          repoId: plan.repoId,
          revision: plan.revision,
          commit: plan.commit,
          files: [...missing].map(([path, { size }]) => ({ path, size })),
          cacheDir: request.settings.cacheDir,
          localDir: request.localDir,
          connections: request.connections,
          force: request.force,
          onProgress(path, { received, wire }) {
            const blob = missing.get(path);
            if (!blob) return;
            const record = start(path, blob.size);
            record.connections = 1;
            record.received = Math.min(blob.size, Math.max(0, received));
            progress.wire(Math.max(0, wire - record.wire));
            record.wire = Math.max(wire, record.wire);
          },
          onFile(path, { wire }) {
            proving = proving.then(() => arrived(path, wire)).catch(failed);
            proving.catch(() => {}); // awaited below, where the backend's own end is known
          },
        }),
      {
        ...request,
        signal,
        question: { kind: "revision", repoId: plan.repoId, revision: plan.revision },
      },
    );
    await proving;
    // Files that a backend did not report are checked all the same.
    for (const path of missing.keys()) await arrived(path, null);
    return wrong;
  } finally {
    for (const path of moving.keys()) progress.drop(path);
    stop.abort();
    await proving.catch(() => {});
  }
}

/** Verifies a file that is in its place and publishes its twins. Returns the error when its bytes are wrong. */
async function prove(
  blob: PlannedBlob,
  status: FileStatus,
  work: BackendTransfer & {
    readonly signal: AbortSignal;
    readonly results: FileResult[];
    readonly record: FileProgress;
  },
): Promise<ModelDownloadError | undefined> {
  const { request, target, progress, results, signal, record, backend } = work;
  const [file, ...twins] = blob.files;
  const path = join(target.path, file.path);
  request.emit({ type: "verifying", path: file.path, size: file.size });
  record.connections = 0;
  const actual = await digestFile(path, file.digest.algorithm, {
    signal,
    onProgress: (bytes) => (record.verified = bytes),
  });
  if (actual.hex !== file.digest.hex) {
    await target.discard(file);
    return mismatch(file, formatDigest(actual), { repoId: request.repoId, source: backend.name });
  }
  const none = { cached: 0, resumed: 0, copied: 0, fetched: 0 };
  const done = (one: SnapshotFile, how: FileStatus): void => {
    const digest = formatDigest(one.digest);
    progress.done(one.path, { ...none, [how]: one.size });
    results.push({ path: one.path, size: one.size, digest, status: how });
    request.emit({ type: "file-done", path: one.path, size: one.size, digest, status: how });
  };
  done(file, status);
  for (const twin of twins) {
    await target.publishTwin(twin, path);
    done(twin, "copied");
  }
  return undefined;
}

function mismatch(
  file: SnapshotFile,
  actual: string,
  { repoId, source }: { readonly repoId: string; readonly source: string },
): ModelDownloadError {
  const expected = formatDigest(file.digest);
  return new ModelDownloadError(
    `${file.path} of ${repoId} arrived with other bytes than the Hub promised (${expected.slice(0, 19)}…)`,
    "transfer/checksum-mismatch",
    {
      hint: "It was taken away again. Try later, or from another endpoint: a proxy or mirror on the way may keep bad bytes.",
      repoId,
      data: { path: file.path, expected, actual, source, attempts: TRIES },
    },
  );
}
