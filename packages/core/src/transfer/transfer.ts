import type { FileResult } from "../result.ts";
import type { PlannedBlob } from "../plan.ts";
import { transferBlob } from "./transfer-blob.ts";
import type { TransferContext } from "./transfer-context.ts";

// Blobs at work at once. More than connections, so that hashing and publishing one never leaves the line idle.
const BLOBS_AT_ONCE = 12;

/**
 * Runs the blobs of a plan, in order, under the connection budget; each is published as soon as it is proved. The
 * first failure stops the rest (their journals stay good) and rejects.
 */
export async function transfer(
  blobs: readonly PlannedBlob[],
  context: TransferContext,
): Promise<readonly FileResult[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const results: FileResult[] = [];
  const queue = blobs.values();

  const lane = async (): Promise<void> => {
    for (const blob of queue) {
      signal.throwIfAborted();
      results.push(...(await transferBlob(blob, { ...context, signal })));
    }
  };
  const lanes = Array.from({ length: Math.min(BLOBS_AT_ONCE, blobs.length) }, () =>
    lane().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  const settled = await Promise.allSettled(lanes);
  context.signal.throwIfAborted();
  // The first reason; what failed after it failed because of it.
  if (settled.some((one) => one.status === "rejected")) throw stop.signal.reason;
  return results;
}
