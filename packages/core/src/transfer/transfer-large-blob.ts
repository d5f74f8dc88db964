import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { runLanes } from "@mlx-download/cache/writing";
import { formatDigest } from "@mlx-download/cache";
import { ModelDownloadError } from "../contract/errors.ts";
import type { PlannedBlob } from "./plan.ts";
import { checksumMismatch, tellMismatch } from "./checksum-mismatch.ts";
import { openPartialBlob, type PartialBlob } from "./disk/partial-blob.ts";
import type { FileProgress } from "./progress.ts";
import { type Proof, type PartialWrite, startPartialWrite } from "./write-partial.ts";
import { readSegment } from "./segments/read-segment.ts";
import { recheckBlob } from "./recheck-blob.ts";
import { createSegmentAllocator, type Lease, oneLease } from "./segments/segment-allocator.ts";
import { fillFromXet, NO_FILL, type XetFill } from "./xet/fill-from-xet.ts";
import type { Mended } from "./xet/mend-units.ts";
import { XetFailure } from "./xet/xet-failure.ts";
import { SegmentError } from "./sources/source.ts";
import type { TransferContext } from "./transfer-context.ts";

const LOOK_AGAIN_MS = 250;

/** A verified partial: publish `dataPath`, then call `forget`. */
export interface ProvedBlob {
  readonly dataPath: string;
  /** Bytes that were here before. */
  readonly resumed: number;
  /** Bytes that are copied from other files on this disk. */
  readonly copied: number;
  /** Its record for later copies. Undefined when its chunks are not all known. */
  readonly sidecar: Uint8Array | undefined;
  /** Its proof record. */
  readonly beginnings: readonly string[];
  forget(): Promise<void>;
}

/**
 * Fetches the missing ranges of a blob in segments, hashed while they arrive. The partial and its journal stay valid in
 * all cases. After a mismatch, wrong bytes are found by asking again, and replaced.
 */
export async function transferLargeBlob(
  blob: PlannedBlob,
  io: {
    readonly context: TransferContext;
    readonly progress: (resumed: number) => FileProgress;
    /** Bytes that no other process may find, because the lock's holder was given up. */
    readonly apart: boolean;
  },
): Promise<ProvedBlob> {
  const { context } = io;
  const [file] = blob.files;
  const shared = context.target.partialPaths(file);
  const suffix = io.apart ? `.${randomBytes(4).toString("hex")}` : "";
  const paths = { data: shared.data + suffix, journal: shared.journal + suffix };

  const tell = (start: number, end: number): void =>
    context.onArrived?.({ path: file.path, dataPath: paths.data, start, end });
  const named = { digest: file.digest, size: blob.size };
  const partial = await openPartialBlob(paths, named, { onWrote: tell });
  let proof: PartialWrite | undefined;
  try {
    if (context.force && partial.resumed > 0) await partial.reset();
    const resumed = [...partial.have.ranges()];
    for (const range of resumed) tell(range.start, range.end);
    const resumedBytes = partial.have.covered;
    const progress = io.progress(resumedBytes);
    const start = (): PartialWrite =>
      (proof = startPartialWrite(blob, partial, { context, progress }));
    let behind = start();
    /** Hashed bytes are never written again, so that hashing begins anew. */
    const anew = (): void => {
      behind.cancel();
      behind = start();
    };
    let throughXet = await tryXet(blob, partial, { context, progress, to: behind });
    if (throughXet.rewrote) anew();
    let ranged = true;
    try {
      ranged = await fill(blob, partial, { context, progress, to: behind });
    } catch (error) {
      // Bytes that the plain route cannot give may be had the other way, unless it was tried.
      if (throughXet !== NO_FILL || !mayBeElsewhere(error)) throw error;
      throughXet = await tryXet(blob, partial, { context, progress, to: behind, instead: error });
      if (throughXet.rewrote) anew();
      if (partial.have.covered < blob.size) throw error;
    }
    let first = await behind.finish();
    let suspect = [...resumed, ...throughXet.doubtful];
    if (first.actual !== file.digest.hex) {
      const mended = await mendXet(throughXet, context);
      suspect = [...resumed, ...mended.doubtful, ...throughXet.doubtful];
      if (mended.rewrote) first = await start().finish();
    }
    let { beginnings } = first;
    let replaced = 0;
    if (first.actual !== file.digest.hex) {
      const mismatch = checksumMismatch(file, first.actual, { context, evidence: { attempts: 1 } });
      const { changedFrom } = first;
      const onDisk = resumed.some(
        ({ start: from, end }) =>
          changedFrom !== undefined && from <= changedFrom && changedFrom < end,
      );
      const message = onDisk
        ? `${file.path} was damaged on this disk; the damaged part is fetched again`
        : undefined;
      tellMismatch(mismatch, file, { context, message });
      const prove = async (): Promise<Proof> => {
        const again = await start().finish();
        ({ beginnings } = again);
        return again;
      };
      const { actual, asked, different } = await recheckBlob(blob, partial, {
        context,
        progress,
        ranged,
        resumed: suspect,
        first,
        prove,
      });
      if (actual !== file.digest.hex) {
        const kept = partial.dataPath;
        const ranges = different.ranges();
        const evidence = { attempts: 2, kept, askedAgain: asked, different: ranges };
        throw checksumMismatch(file, actual, { context, evidence });
      }
      replaced = different.covered;
    }
    progress.verified = blob.size;
    // Replaced bytes were fetched, also where they were copies before.
    const copied = Math.max(0, progress.copied - replaced);
    return {
      dataPath: partial.dataPath,
      resumed: Math.max(0, resumedBytes - Math.max(0, replaced - progress.copied)),
      copied,
      sidecar: throughXet.sidecar,
      beginnings,
      forget: () => partial.forget(),
    };
  } finally {
    proof?.cancel();
    await partial.close();
  }
}

/** Fetches the missing bytes through Xet storage where the plan says so, or `instead` of the plain route, which failed. */
async function tryXet(
  blob: PlannedBlob,
  partial: PartialBlob,
  io: {
    readonly context: TransferContext;
    readonly progress: FileProgress;
    readonly to: PartialWrite;
    readonly instead?: unknown;
  },
): Promise<XetFill> {
  const { context, instead } = io;
  const { xet } = context;
  const [{ path, xetHash, digest }] = blob.files;
  const isWanted = instead !== undefined || xet?.ways.has(formatDigest(digest)) === true;
  if (!xet || !isWanted || xetHash === undefined || xet.route.failed !== undefined) return NO_FILL;
  if (partial.have.covered === blob.size) return NO_FILL;
  if (instead instanceof ModelDownloadError) {
    const { host: from } = new URL(xet.route.client.settings.endpoint);
    const message = `${path} goes on through Xet storage: ${instead.message}`;
    const { code } = instead;
    context.emit({ type: "source-switched", path, from, to: "Xet storage", code, message });
  }
  return fillFromXet(blob, partial, { ...io, xet });
}

/** Replaces wrong bytes of Xet storage. When it cannot be had there, the plain route is asked for all of it. */
async function mendXet({ mend }: XetFill, { xet, signal }: TransferContext): Promise<Mended> {
  try {
    if (mend !== undefined) return await mend();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof XetFailure)) throw error;
    xet?.route.fail(error);
    return { rewrote: true, doubtful: [] };
  }
  return { rewrote: false, doubtful: [] };
}

/** Whether another way to the same bytes may succeed where the plain one ended in this error. */
function mayBeElsewhere(error: unknown): boolean {
  return (
    error instanceof ModelDownloadError &&
    (error.code.startsWith("transfer/") || ELSEWHERE.has(error.code))
  );
}

const ELSEWHERE: ReadonlySet<string> = new Set([
  "hub/unreachable",
  "hub/unavailable",
  "hub/bad-response",
  "hub/forbidden",
]);

/**
 * Fetches every missing byte: in pieces side by side, or in one stream where the server does not support ranges.
 * Resolves to whether it does.
 */
async function fill(
  blob: PlannedBlob,
  partial: PartialBlob,
  io: {
    readonly context: TransferContext;
    readonly progress: FileProgress;
    readonly to: PartialWrite;
  },
): Promise<boolean> {
  const { context, progress, to } = io;
  if (partial.have.covered === blob.size) return true;
  const [file] = blob.files;
  const request = { path: file.path, size: blob.size, digest: file.digest };
  const onConnection = (change: 1 | -1): void => void (progress.connections += change);
  const open = (start: number) => partial.writeFrom(start, to);

  const allocator = createSegmentAllocator(partial.have.missing(blob.size));
  const take = (): Lease | undefined => allocator.take(context.budget.limit, performance.now());
  // The last byte wakes the reads that wait for a lease to take over. They need not poll.
  const over = new AbortController();
  const lane = async (signal: AbortSignal): Promise<void> => {
    const waiting = AbortSignal.any([signal, over.signal]);
    for (;;) {
      const read = await readSegment(request, { context, signal, take, open, onConnection });
      if (read) continue;
      if (!allocator.busy) {
        over.abort();
        return;
      }
      // The remaining leases may turn out slow, and be worth sharing then.
      await sleep(LOOK_AGAIN_MS, undefined, { signal: waiting }).catch((error: unknown) => {
        if (!over.signal.aborted) throw error;
      });
    }
  };
  const reviewing = setInterval(() => allocator.review(performance.now()), LOOK_AGAIN_MS);
  try {
    await runLanes(context.budget.max, lane, context.signal);
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof SegmentError) || error.failure !== "ranges-ignored") throw error;
  } finally {
    clearInterval(reviewing);
  }
  const rest = oneLease({ start: partial.have.frontier, end: blob.size });
  const { signal: whole } = context;
  await readSegment(request, { context, signal: whole, take: rest, open, onConnection });
  return false;
}
