import { type FileHandle, open } from "node:fs/promises";
import type { DeltaCopy } from "@mlx-download/xet";
import { isDiskFull } from "../disk-full.ts";
import type { PartialBlob } from "../disk/partial-blob.ts";
import { type ByteRange, createRangeSet } from "../disk/ranges.ts";
import type { FileProgress } from "../progress.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { PartialWrite } from "../write-partial.ts";
import { isUnchanged, type LocalBase } from "./local-bases.ts";

/** The outcome of copies. */
export interface Copied {
  readonly ranges: readonly ByteRange[];
  /** Whether some were given up because a base changed meanwhile. */
  readonly droppedSome: boolean;
}

/**
 * Copies chunks of bases to the places of a partial that lack it. A base that cannot be read, or that is not the same file
 * afterwards, is left out: those bytes stay missing.
 */
export async function copyFromBases(
  copies: readonly DeltaCopy[],
  bases: readonly LocalBase[],
  io: {
    readonly context: TransferContext;
    readonly partial: PartialBlob;
    readonly progress: FileProgress;
    readonly to: Pick<PartialWrite, "write" | "onWritten">;
    readonly signal: AbortSignal;
  },
): Promise<Copied> {
  const { context, partial, progress } = io;
  const ranges: ByteRange[] = [];
  let droppedSome = false;
  for (const [id, own] of Map.groupBy(copies, ({ baseId }) => baseId)) {
    const base = bases.find((one) => one.id === id);
    if (base === undefined) continue;
    const done = createRangeSet();
    let reason = "it changed meanwhile";
    try {
      const handle = await open(base.path, "r");
      try {
        for (const copy of own) await copyRange(copy, handle, { ...io, done });
      } finally {
        await handle.close();
      }
    } catch (error) {
      io.signal.throwIfAborted();
      if (isDiskFull(error)) throw error;
      reason = (error as Error).message;
      tell(context, base, reason);
    }
    if (await isUnchanged(base)) ranges.push(...done.ranges());
    else {
      for (const { start, end } of done.ranges()) partial.drop(start, end);
      progress.copied -= done.covered;
      droppedSome = true;
      tell(context, base, reason);
    }
  }
  return { ranges, droppedSome };
}

async function copyRange(
  { from, to: at, length }: DeltaCopy,
  handle: FileHandle,
  {
    partial,
    progress,
    to,
    signal,
    done,
  }: Parameters<typeof copyFromBases>[2] & { readonly done: ReturnType<typeof createRangeSet> },
): Promise<void> {
  const wanted = partial.have
    .missing(at + length)
    .map(({ start, end }) => ({ start: Math.max(start, at), end }))
    .filter(({ start, end }) => start < end);
  for (const { start, end } of wanted) {
    const writer = partial.writeFrom(start, {
      onWritten: to.onWritten,
      async write(bytes, position) {
        await to.write(bytes, position);
        progress.copied += bytes.byteLength;
        done.add(position, position + bytes.byteLength);
      },
    });
    try {
      while (writer.position < end) {
        signal.throwIfAborted();
        const room = writer.space().subarray(0, end - writer.position);
        const place = from + writer.position - at;
        const { bytesRead } = await handle.read(room, 0, room.byteLength, place);
        if (bytesRead === 0) throw new Error(`it ended at byte ${place}`);
        await writer.filled(bytesRead);
      }
    } finally {
      await writer.drain();
    }
  }
}

function tell({ emit }: TransferContext, { path }: LocalBase, why: string): void {
  emit({
    type: "warning",
    code: "cache/not-found",
    message: `${path} cannot be copied from (${why}). Its part is fetched instead.`,
  });
}
