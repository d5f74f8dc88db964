import { setTimeout as sleep } from "node:timers/promises";
import { type Decision, publishDecision } from "../../contract/decision.ts";
import { ModelDownloadError } from "../../contract/errors.ts";
import type { DownloadEventBody } from "../../contract/events.ts";
import type { SegmentWriter } from "../disk/segment-writer.ts";
import type { Lease } from "./segment-allocator.ts";
import { meteredSink } from "./metered-sink.ts";
import { serverWait } from "../../hub/server-wait.ts";
import { SMALL_BLOB_BYTES } from "../small-blob-bytes.ts";
import { nextTry, NO_FAILURES, type RetryState } from "./segment-retry.ts";
import { type BlobRequest, SegmentError } from "../sources/source.ts";
import type { Opinion } from "../sources/source-set.ts";
import type { TransferContext } from "../transfer-context.ts";

/** The inputs of `readSegment` beside the blob. */
export interface ReadSegmentOptions {
  readonly context: TransferContext;
  readonly signal: AbortSignal;
  /** The range to read, requested when a connection is free. Undefined when there is none left. */
  readonly take: () => Lease | undefined;
  /** A writer that starts at the given position. */
  readonly open: (start: number) => SegmentWriter;
  readonly onConnection: (change: 1 | -1) => void;
  /** The source to ask. Any source when absent. */
  readonly opinion?: Opinion | undefined;
}

/** The reason for ending a read when another read took over its far half. */
const ENOUGH = new Error("the rest of this range comes from elsewhere");

/**
 * Brings all bytes of one lease, with as many tries as it is worth. Each try continues where the last one ended, and
 * holds a connection of the budget only while it runs. False when there was nothing to take. Rejects with the coded
 * error of the last try, or with a `SegmentError` `ranges-ignored`, which the allocator's owner handles.
 */
export async function readSegment(
  blob: BlobRequest,
  options: ReadSegmentOptions,
): Promise<boolean> {
  const { context, signal } = options;
  const connection = { priority: context.priority, small: blob.size <= SMALL_BLOB_BYTES };
  let lease: Lease | undefined;
  let state = NO_FAILURES;
  try {
    for (;;) {
      const failed = await context.budget.run(
        connection,
        async () => {
          if (lease === undefined) {
            lease = options.take();
            const { stoodStillMs } = lease ?? {};
            const taken = lease;
            if (taken !== undefined) publishDecision(() => leaseTaken(blob, taken, context));
            if (lease !== undefined && stoodStillMs !== undefined)
              context.emit(stalled(blob, lease, stoodStillMs));
          }
          // Another read may have taken over the rest while this one waited.
          if (lease === undefined || lease.position >= lease.end) return undefined;
          return tryOnce(blob, lease, options);
        },
        signal,
      );
      if (lease === undefined) return false;
      if (failed === undefined) return true;
      signal.throwIfAborted();
      state = await waitForNextTry(blob, { failed, lease, state }, options);
    }
  } finally {
    lease?.release();
  }
}

/** One try of a lease from its current position. Resolves to its failure and the bytes delivered. */
async function tryOnce(
  blob: BlobRequest,
  lease: Lease,
  { context, signal, open, onConnection, opinion }: ReadSegmentOptions,
): Promise<{ readonly error: unknown; readonly delivered: number } | undefined> {
  const asked = { start: lease.position, end: lease.end };
  const output = open(asked.start);
  const stop = new AbortController();
  const read = {
    of: context.progress,
    bytes: () => output.position - asked.start,
    cut: (reason: Error) => stop.abort(reason),
  };
  const endWhenTaken = (): void => {
    if (lease.end < asked.end && output.position >= lease.end) stop.abort(ENOUGH);
  };
  lease.onShrink(endWhenTaken);
  context.monitor.reads.add(read);
  onConnection(1);
  let error: unknown;
  const began = performance.now();
  try {
    await context.source.read(blob, asked, {
      signal: AbortSignal.any([signal, stop.signal]),
      sink: meteredSink(output, context, () => {
        lease.advance(output.position, performance.now());
        endWhenTaken();
      }),
      onWire: (bytes) => context.progress.wire(bytes),
      opinion,
    });
  } catch (cause) {
    error = cause;
  } finally {
    context.monitor.reads.delete(read);
    onConnection(-1);
    await output.drain();
  }
  publishDecision(() => ({
    type: "read",
    repoId: context.repoId,
    path: blob.path,
    start: asked.start,
    end: lease.end,
    received: output.position - asked.start,
    ms: Math.round(performance.now() - began),
    failure: error === undefined || error === ENOUGH ? null : failureOf(error, context.repoId),
  }));
  if (error === undefined || error === ENOUGH || output.position >= lease.end) return undefined;
  return { error, delivered: output.position - asked.start };
}

function leaseTaken(
  { path }: BlobRequest,
  { start, end, stoodStillMs }: Lease,
  { repoId }: TransferContext,
): Decision {
  return { type: "lease", repoId, path, start, end, stoodStillMs: stoodStillMs ?? null };
}

function failureOf(error: unknown, repoId: string): string {
  if (error instanceof SegmentError) return codedCause(error, repoId).code;
  return error instanceof Error ? error.message : String(error);
}

/** Waits as long as the failure asks for. Throws when no further try is worth it. */
async function waitForNextTry(
  blob: BlobRequest,
  last: {
    readonly failed: { readonly error: unknown; readonly delivered: number };
    readonly lease: Lease;
    readonly state: RetryState;
  },
  { context, signal }: ReadSegmentOptions,
): Promise<RetryState> {
  const { error, delivered } = last.failed;
  if (!(error instanceof SegmentError) || error.failure === "ranges-ignored") throw error;
  const cause = codedCause(error, context.repoId);
  const { failure, retryAfterMs } = error;
  if (PUSHBACKS.has(cause.code)) context.monitor.pushedBack();
  const next = nextTry(last.state, { failure, delivered, retryAfterMs });
  if (next.giveUp) throw cause;
  // Several segments that failed together should not come back together.
  const delayMs = Math.round(next.delayMs * (1 + Math.random() / 4));
  const { path } = blob;
  if (cause.code === "transfer/stalled") context.emit(stalled(blob, last.lease, context.idleMs));
  const attempt = next.state.transient + next.state.wrong;
  const { code, message } = cause;
  if (retryAfterMs !== undefined) {
    const host = URL.parse(String(cause.data["url"]))?.host ?? context.source.name;
    context.emit(serverWait({ host, code }, delayMs));
  } else context.emit({ type: "retry", path, attempt, delayMs, code, message });
  last.lease.rest(performance.now() + delayMs);
  await sleep(delayMs, undefined, { signal });
  return next.state;
}

function stalled(
  { path }: BlobRequest,
  { position: start, end }: Lease,
  idleMs: number,
): DownloadEventBody {
  return { type: "stalled", path, idleMs: Math.round(idleMs), range: { start, end } };
}

/** Answers by which a server says that it is asked too much. */
const PUSHBACKS: ReadonlySet<string> = new Set(["hub/rate-limited", "hub/unavailable"]);

function codedCause(error: SegmentError, repoId: string): ModelDownloadError {
  if (error.cause instanceof ModelDownloadError) return error.cause;
  return new ModelDownloadError(error.message, "transfer/interrupted", {
    hint: "Run the same command again: it goes on where it stopped.",
    repoId,
    cause: error.cause ?? error,
  });
}
