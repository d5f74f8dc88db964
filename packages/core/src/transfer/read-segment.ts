import { setTimeout as sleep } from "node:timers/promises";
import { ModelDownloadError } from "../errors.ts";
import type { ByteSink } from "../http/byte-sink.ts";
import type { ByteRange } from "./ranges.ts";
import { nextTry, NO_FAILURES } from "./segment-retry.ts";
import { type BlobRequest, SegmentError } from "./source.ts";
import type { TransferContext } from "./transfer-context.ts";

/** Where the bytes of a segment go. */
export interface SegmentOutput extends ByteSink {
  /** Position after the last byte taken. */
  readonly position: number;
  /** Resolves when all that was taken is kept. */
  drain(): Promise<void>;
}

/**
 * Brings all bytes of `range`, over as many tries as it is worth: each goes on where the last one ended, and holds a
 * connection of the budget only while it runs. Rejects with the coded error of the last try, or with a `SegmentError`
 * `ranges-ignored`, which is for whoever cut the segments.
 */
export async function readSegment(
  blob: BlobRequest,
  range: ByteRange,
  io: {
    readonly context: TransferContext;
    readonly signal: AbortSignal;
    /** An output that starts at the given position. */
    readonly open: (start: number) => SegmentOutput;
    readonly onConnection: (change: 1 | -1) => void;
  },
): Promise<void> {
  const { context, signal } = io;
  let position = range.start;
  let state = NO_FAILURES;
  while (position < range.end) {
    const output = io.open(position);
    const startedAt = position;
    let failed: unknown;
    await context.budget.run(async () => {
      io.onConnection(1);
      try {
        await context.source.read(
          blob,
          { start: startedAt, end: range.end },
          {
            signal,
            sink: output,
            onWire: (bytes) => context.progress.wire(bytes),
          },
        );
      } catch (error) {
        failed = error;
      } finally {
        io.onConnection(-1);
        await output.drain();
      }
    }, signal);
    position = output.position;
    if (failed === undefined) return;
    signal.throwIfAborted();
    if (!(failed instanceof SegmentError) || failed.failure === "ranges-ignored") throw failed;

    const cause = codedCause(failed, context.repoId);
    const next = nextTry(state, {
      failure: failed.failure,
      delivered: position - startedAt,
      retryAfterMs: failed.retryAfterMs,
    });
    if (next.giveUp) throw cause;
    state = next.state;
    // Several segments that failed together should not come back together.
    const delayMs = Math.round(next.delayMs * (1 + Math.random() / 4));
    if (cause.code === "transfer/stalled") {
      context.emit({
        type: "stalled",
        path: blob.path,
        idleMs: context.idleMs,
        range: { start: position, end: range.end },
      });
    }
    context.emit({
      type: "retry",
      path: blob.path,
      attempt: state.transient + state.wrong,
      delayMs,
      code: cause.code,
      message: cause.message,
    });
    if (failed.retryAfterMs !== undefined) {
      context.emit({
        type: "waiting",
        reason: "rate-limit",
        path: blob.path,
        delayMs,
        message: `the server asks to wait ${Math.ceil(delayMs / 1000)} s before ${blob.path} goes on`,
      });
    }
    await sleep(delayMs, undefined, { signal });
  }
}

function codedCause(error: SegmentError, repoId: string): ModelDownloadError {
  if (error.cause instanceof ModelDownloadError) return error.cause;
  return new ModelDownloadError(error.message, "transfer/interrupted", {
    hint: "Run the same command again: it goes on where it stopped.",
    repoId,
    cause: error.cause ?? error,
  });
}
