import { dirname } from "node:path";
import { forEachInLanes } from "@mlx-download/cache/writing";
import type { FileResult } from "../contract/result.ts";
import type { PlannedBlob } from "./plan.ts";
import { diskFullError, isDiskFull } from "./disk-full.ts";
import { sweepPartials } from "./disk/sweep-partials.ts";
import { transferBlob } from "./transfer-blob.ts";
import type { TransferContext } from "./transfer-context.ts";

// Blobs at work at once. More than connections, so that hashing and publishing one never leaves the line idle.
const BLOBS_AT_ONCE = 12;

/**
 * Runs the blobs of a plan, in order, under the connection budget. Each is published as soon as it is verified. The
 * first failure stops the rest (their journals stay valid) and rejects.
 */
export async function transfer(
  blobs: readonly PlannedBlob[],
  context: Omit<TransferContext, "priority">,
): Promise<readonly FileResult[]> {
  const [first] = blobs;
  if (first) await sweepPartials(dirname(context.target.partialPaths(first.files[0]).data));
  const results: FileResult[] = [];
  const unfinished = new Set(blobs);

  try {
    await forEachInLanes(
      blobs,
      async (blob, signal, priority) => {
        results.push(...(await transferBlob(blob, { ...context, signal, priority })));
        unfinished.delete(blob);
      },
      { atOnce: BLOBS_AT_ONCE, signal: context.signal },
    );
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isDiskFull(error)) throw error;
    throw await diskFullError(error, [...unfinished], context);
  }
  return results;
}
