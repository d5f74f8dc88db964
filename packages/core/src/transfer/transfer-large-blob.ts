import { randomBytes } from "node:crypto";
import type { PlannedBlob } from "../plan.ts";
import { checksumMismatch } from "./checksum-mismatch.ts";
import type { FrontierHash } from "./frontier-hasher.ts";
import { openPartialBlob, type PartialBlob } from "./partial-blob.ts";
import type { FileProgress } from "./progress.ts";
import { readSegment } from "./read-segment.ts";
import { createSegmentAllocator, type Lease, oneLease } from "./segment-allocator.ts";
import { SegmentError } from "./source.ts";
import type { TransferContext } from "./transfer-context.ts";

const TRIES = 3;

/** A proved partial: publish `dataPath`, then call `forget`. */
export interface ProvedBlob {
  readonly dataPath: string;
  /** Bytes that were here before. */
  readonly resumed: number;
  forget(): Promise<void>;
}

/**
 * Fetches what is missing of a blob in segments, hashed behind the writers while it arrives. The partial and its
 * journal stay good whatever happens; after a mismatch all of it is fetched again, three times in all.
 */
export async function transferLargeBlob(
  blob: PlannedBlob,
  io: {
    readonly context: TransferContext;
    readonly progress: (resumed: number) => FileProgress;
    /** Bytes that nobody else may find: the lock's holder was given up. */
    readonly apart: boolean;
  },
): Promise<ProvedBlob> {
  const { context } = io;
  const [file] = blob.files;
  const shared = context.target.partialPaths(file);
  const suffix = io.apart ? `.${randomBytes(4).toString("hex")}` : "";
  const paths = { data: shared.data + suffix, journal: shared.journal + suffix };

  const partial = await openPartialBlob(paths, { digest: file.digest, size: blob.size });
  let hash: FrontierHash | undefined;
  try {
    if (context.force && partial.resumed > 0) await partial.reset();
    const resumed = partial.have.covered;
    const progress = io.progress(resumed);
    for (let attempt = 1; ; attempt += 1) {
      const following = context.hasher.follow(partial.dataPath, {
        digest: file.digest,
        size: blob.size,
      });
      hash = following;
      const onWritten = (): void => {
        progress.received = partial.have.covered;
        progress.verified = following.hashed;
        following.advance(partial.have.frontier);
      };
      onWritten();
      await fill(blob, partial, { context, progress, onWritten });
      context.emit({ type: "verifying", path: file.path, size: blob.size });
      const actual = await waitForDigest(following, progress, context.signal);
      if (actual === file.digest.hex) {
        progress.verified = blob.size;
        return {
          dataPath: partial.dataPath,
          resumed: attempt === 1 ? resumed : 0,
          forget: () => partial.forget(),
        };
      }
      await partial.reset();
      progress.verified = 0;
      checksumMismatch(file, actual, { context, attempt, last: attempt >= TRIES });
    }
  } finally {
    hash?.cancel();
    await partial.close();
  }
}

/** Fetches every missing byte: in pieces side by side, or in one stream where the server knows no ranges. */
async function fill(
  blob: PlannedBlob,
  partial: PartialBlob,
  io: {
    readonly context: TransferContext;
    readonly progress: FileProgress;
    readonly onWritten: () => void;
  },
): Promise<void> {
  const { context, progress, onWritten } = io;
  const [file] = blob.files;
  const request = { path: file.path, size: blob.size, digest: file.digest };
  const onConnection = (change: 1 | -1): void => void (progress.connections += change);
  const open = (start: number) => partial.writeFrom(start, onWritten);

  // One lane's end must not leave the others running on their own.
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const allocator = createSegmentAllocator(partial.have.missing(blob.size));
  const take = (): Lease | undefined => allocator.take(context.budget.limit, performance.now());
  const lane = async (): Promise<void> => {
    while (await readSegment(request, { context, signal, take, open, onConnection }));
  };
  const lanes = Array.from({ length: context.budget.max }, () =>
    lane().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(lanes)).some((one) => one.status === "rejected");
  if (!failed) return;
  context.signal.throwIfAborted();
  const error: unknown = stop.signal.reason;
  if (!(error instanceof SegmentError) || error.failure !== "ranges-ignored") throw error;
  const rest = oneLease({ start: partial.have.frontier, end: blob.size });
  const { signal: whole } = context;
  await readSegment(request, { context, signal: whole, take: rest, open, onConnection });
}

/** The digest, with the figure of hashed bytes kept fresh while waiting for it. */
async function waitForDigest(
  hash: FrontierHash,
  progress: FileProgress,
  signal: AbortSignal,
): Promise<string> {
  const timer = setInterval(() => (progress.verified = hash.hashed), 100);
  try {
    return await new Promise((resolve, reject) => {
      const abort = (): void => reject(signal.reason as Error);
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort, { once: true });
      hash
        .digest()
        .then(resolve, reject)
        .finally(() => signal.removeEventListener("abort", abort));
    });
  } finally {
    clearInterval(timer);
  }
}
