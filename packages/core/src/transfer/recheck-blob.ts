import { PROOF_STEP_BYTES, runLanes } from "@mlx-download/cache/writing";
import { ModelDownloadError } from "../contract/errors.ts";
import type { PlannedBlob } from "./plan.ts";
import type { PartialBlob } from "./disk/partial-blob.ts";
import type { FileProgress } from "./progress.ts";
import type { Proof } from "./write-partial.ts";
import { type ByteRange, createRangeSet, type RangeSet } from "./disk/ranges.ts";
import { readSegment } from "./segments/read-segment.ts";
import { oneLease } from "./segments/segment-allocator.ts";
import { SegmentError } from "./sources/source.ts";
import type { Opinion } from "./sources/source-set.ts";
import type { TransferContext } from "./transfer-context.ts";

/** The result of asking again. */
export interface Recheck {
  /** The digest after it, hex: the file's own when all is well. */
  readonly actual: string;
  /** Bytes asked for again. */
  readonly asked: number;
  /** The bytes that differed from the copy before, and were replaced. */
  readonly different: RangeSet;
}

/** Blocks that are asked for again, and of which source. */
interface Round {
  readonly opinion: Opinion;
  readonly blocks: () => readonly ByteRange[];
}

// The step of the digests by which a change on the disk is found, too.
const BLOCK_BYTES = PROOF_STEP_BYTES;

/**
 * Repairs a partial whose digest is wrong. It asks for the blocks a second time, most suspect first, replaces those
 * that differ, and stops as soon as the digest is right. Blocks that differed are asked for a third time at the end.
 * Blocks that came twice alike are not. For one bad block the average cost is half the blob when nothing points to it,
 * and one block when the disk changed it.
 */
export async function recheckBlob(
  blob: PlannedBlob,
  partial: PartialBlob,
  io: {
    readonly context: TransferContext;
    readonly progress: FileProgress;
    /** Does the server send parts of a file? */
    readonly ranged: boolean;
    /** Bytes of an earlier run are suspect before those of this one. */
    readonly resumed: readonly ByteRange[];
    readonly first: Proof;
    /** Hashes the partial again. */
    readonly prove: () => Promise<Proof>;
  },
): Promise<Recheck> {
  const { digest, path } = blob.files[0];
  const { source } = io.context;
  const request = { path, digest, size: blob.size };
  const whole = [{ start: 0, end: blob.size }];
  const different = createRangeSet();
  /**
   * Bytes that several sources brought at different times. No source can give a second opinion, so all are accepted.
   */
  const mixed = createRangeSet();
  /** Bytes on which the source that was to be asked could not answer. They stay as suspect as they were. */
  const unheard = createRangeSet();
  let proof = io.first;
  let asked = 0;
  const atOnce = (): number => Math.max(1, io.context.budget.limit);

  const suspects: ByteRange[] = io.ranged ? [] : whole;
  for (const block of io.ranged ? bySuspicion(blob.size, io.resumed) : []) {
    for (const part of source.parts(request, block)) {
      if (part.sources.size < 2) suspects.push(part);
      else mixed.add(part.start, part.end);
    }
  }
  const all = io.ranged ? blocks(blob.size) : whole;
  const inDoubt = (): ByteRange[] =>
    all.filter((block) => [different, mixed, unheard].some((set) => overlaps(set, block)));
  // A source other than the one that brought a block is asked first. Blocks that differ are then taken from one source
  // after the other, because it is unknown which of two contradicting sources is right. Of three, two may have the same
  // wrong bytes, so that in the end each is asked for all.
  const names = source.namesFor(request);
  const each: readonly Opinion[] = names.length > 1 ? names.map((from) => ({ from })) : ["any"];
  const rounds: readonly Round[] = [
    { opinion: "another", blocks: () => suspects },
    ...each.map((opinion) => ({ opinion, blocks: inDoubt })),
    ...(names.length > 2 ? each.map((opinion) => ({ opinion, blocks: () => all })) : []),
  ];
  for (const { opinion, blocks: ofRound } of rounds) {
    if (proof.actual === digest.hex) break;
    let left = [...ofRound()];
    const found = createRangeSet();
    /** Blocks that differed since the last verification, and how many make the next one worth its time. */
    let unproved = 0;
    let enough = 1;
    let run = 1;
    let { changedFrom } = proof;
    while (left.length > 0) {
      const at = left.findIndex((block) => block.start === changedFrom);
      const batch = at < 0 ? left.splice(0, atOnce()) : left.splice(at, run);
      const answer = await compareAgain(blob, partial, { ...io, batch, found, opinion });
      if (!answer.heard) for (const block of batch) unheard.add(block.start, block.end);
      if (!answer.ranged) {
        // It sends the whole file for every request.
        left = [];
        asked += blob.size;
        unproved += found.covered > 0 ? enough : 0;
      }
      asked += batch.reduce((sum, block) => sum + block.end - block.start, 0);
      const bad = batch.filter((block) => overlaps(found, block)).length;
      unproved += bad;
      // Damage lies together: the next blocks are as suspect as those that were found bad.
      run = bad === batch.length ? Math.min(run * 2, atOnce()) : 1;
      if (at >= 0 && bad === 0) changedFrom = undefined;
      if (unproved === 0 || (unproved < enough && at < 0 && left.length > 0)) continue;
      proof = await io.prove();
      if (proof.actual === digest.hex) left = [];
      changedFrom = proof.changedFrom;
      unproved = 0;
      enough *= 2;
    }
    for (const range of found.ranges()) different.add(range.start, range.end);
  }
  if (proof.actual === digest.hex) source.settle(request, different.ranges());
  return { actual: proof.actual, asked, different };
}

function blocks(size: number): ByteRange[] {
  return Array.from({ length: Math.ceil(size / BLOCK_BYTES) }, (_, index) => ({
    start: index * BLOCK_BYTES,
    end: Math.min(size, (index + 1) * BLOCK_BYTES),
  }));
}

/** The blocks of a blob, those first of which an earlier run brought some. */
function bySuspicion(size: number, resumed: readonly ByteRange[]): ByteRange[] {
  const set = createRangeSet(resumed);
  const all = blocks(size);
  return [
    ...all.filter((block) => overlaps(set, block)),
    ...all.filter((block) => !overlaps(set, block)),
  ];
}

function overlaps(set: RangeSet, { start, end }: ByteRange): boolean {
  return set.ranges().some((range) => range.start < end && start < range.end);
}

/** The course of one round of questions. */
interface Compared {
  /** False when one stream had to bring the whole file. */
  readonly ranged: boolean;
  /** False when a source that was to be asked could not answer. */
  readonly heard: boolean;
}

/**
 * Asks for ranges side by side and adds those that differed to `found`. A named source that cannot answer is passed
 * over. For a second opinion any other source is asked then, which may be the one that brought the bytes.
 */
async function compareAgain(
  blob: PlannedBlob,
  partial: PartialBlob,
  io: Parameters<typeof compareWith>[2],
): Promise<Compared> {
  try {
    return { ranged: await compareWith(blob, partial, io), heard: true };
  } catch (error) {
    io.context.signal.throwIfAborted();
    if (io.opinion === "any" || !(error instanceof ModelDownloadError)) throw error;
    if (io.opinion !== "another") return { ranged: true, heard: false };
    const ranged = await compareWith(blob, partial, { ...io, opinion: "any" });
    return { ranged, heard: false };
  }
}

/** Asks for ranges side by side. False when one stream had to bring the whole file. */
async function compareWith(
  blob: PlannedBlob,
  partial: PartialBlob,
  io: {
    readonly context: TransferContext;
    readonly progress: FileProgress;
    readonly batch: readonly ByteRange[];
    readonly found: RangeSet;
    readonly opinion: Opinion;
  },
): Promise<boolean> {
  const { context, progress, found, opinion } = io;
  const [{ path, digest }] = blob.files;
  const read = (range: ByteRange, signal: AbortSignal): Promise<unknown> =>
    readSegment(
      { path, digest, size: blob.size },
      {
        context,
        signal,
        opinion,
        take: oneLease(range),
        open: (start) => partial.compareFrom(start, (from, to) => found.add(from, to)),
        onConnection: (change) => void (progress.connections += change),
      },
    );
  try {
    await runLanes(
      io.batch.length,
      async (signal, index) => {
        const range = io.batch[index];
        if (range !== undefined) await read(range, signal);
      },
      context.signal,
    );
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof SegmentError) || error.failure !== "ranges-ignored") throw error;
  }
  await read({ start: 0, end: blob.size }, context.signal);
  return false;
}
