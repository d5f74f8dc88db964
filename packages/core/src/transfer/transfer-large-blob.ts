import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { runLanes } from "@mlx-download/cache/writing";
import type { PlannedBlob } from "./plan.ts";
import { checksumMismatch, tellMismatch } from "./checksum-mismatch.ts";
import { openPartialBlob, type PartialBlob } from "./disk/partial-blob.ts";
import type { FileProgress } from "./progress.ts";
import { type Proof, type PartialWrite, startPartialWrite } from "./write-partial.ts";
import { readSegment } from "./segments/read-segment.ts";
import { recheckBlob } from "./recheck-blob.ts";
import { createSegmentAllocator, type Lease, oneLease } from "./segments/segment-allocator.ts";
import { fillFromXet, NO_FILL, type XetFill } from "./xet/fill-from-xet.ts";
import { SegmentError } from "./sources/source.ts";
import type { TransferContext } from "./transfer-context.ts";

const LOOK_AGAIN_MS = 250;

/** A verified partial: publish `dataPath`, then call `forget`. */
export interface ProvedBlob {
  readonly dataPath: string;
  /** Bytes that were here before. */
  readonly resumed: number;
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
    const throughXet = await tryXet(blob, partial, { context, progress, to: behind });
    if (throughXet.rewrote) {
      // What was hashed is not hashed again, so that hashing begins anew.
      behind.cancel();
      behind = start();
    }
    const ranged = await fill(blob, partial, { context, progress, to: behind });
    const first = await behind.finish();
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
        resumed,
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
    return {
      dataPath: partial.dataPath,
      resumed: Math.max(0, resumedBytes - replaced),
      beginnings,
      forget: () => partial.forget(),
    };
  } finally {
    proof?.cancel();
    await partial.close();
  }
}

/** Fetches what is missing through Xet storage where the plan says so. */
async function tryXet(
  blob: PlannedBlob,
  partial: PartialBlob,
  io: {
    readonly context: TransferContext;
    readonly progress: FileProgress;
    readonly to: PartialWrite;
  },
): Promise<XetFill> {
  const { xet: route } = io.context;
  const [{ xetHash }] = blob.files;
  if (route === undefined || xetHash === undefined || route.failed !== undefined) return NO_FILL;
  return fillFromXet(blob, partial, { ...io, route });
}

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
