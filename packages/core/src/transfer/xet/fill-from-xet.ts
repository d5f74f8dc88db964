import type { FetchedUnit, FetchUnit, XetFile } from "@mlx-download/xet";
import type { PartialBlob } from "../disk/partial-blob.ts";
import type { ByteRange } from "../disk/ranges.ts";
import type { PlannedBlob } from "../plan.ts";
import type { FileProgress } from "../progress.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { PartialWrite } from "../write-partial.ts";
import { readUnit } from "./read-unit.ts";
import { createXetAddresses } from "./xet-addresses.ts";
import { XetFailure } from "./xet-failure.ts";
import type { XetRoute } from "./xet-route.ts";

/** What came of a blob through Xet storage. */
export interface XetFill {
  /** The units that came whole, for the proof of the file. */
  readonly units: readonly FetchedUnit[];
  /** Whether bytes were written twice or given up, so that hashing must start over. */
  readonly rewrote: boolean;
}

/** Nothing came this way. */
export const NO_FILL: XetFill = { units: [], rewrote: false };

/**
 * Fetches the missing bytes of a partial through Xet storage, as far as that works: each range once, decoded to every
 * place that has its chunks. The rest, if any, is the plain route's.
 */
export async function fillFromXet(
  blob: PlannedBlob,
  partial: PartialBlob,
  io: {
    readonly context: TransferContext;
    readonly route: XetRoute;
    readonly progress: FileProgress;
    readonly to: Pick<PartialWrite, "onWritten">;
  },
): Promise<XetFill> {
  const { context, route, progress, to } = io;
  const [{ path, xetHash = "" }] = blob.files;
  const units: FetchedUnit[] = [];
  let rewrote = false;
  try {
    const file: XetFile = { fileHash: xetHash, size: blob.size };
    const parts = await route.reconstruct(file, context.signal);
    const xet = await import("@mlx-download/xet");
    const addresses = createXetAddresses(file, parts, { route, xet });
    const missing = partial.have.missing(blob.size);
    const wanted = xet
      .planUnits(parts)
      .map((unit): FetchUnit => ({ ...unit, within: missing }))
      .filter((unit) => xet.unitOutputs(unit).length > 0);
    const disk = new AbortController();
    const onWritten = (ranges: readonly ByteRange[]): void => {
      try {
        for (const { start, end } of ranges) partial.wrote(start, end);
        to.onWritten();
      } catch (error) {
        disk.abort(error);
      }
    };
    await inLanes(
      wanted,
      { ...context, signal: AbortSignal.any([context.signal, disk.signal]) },
      async (unit, signal) => {
        units.push(
          await readUnit(unit, {
            context,
            route,
            path,
            descriptor: partial.descriptor,
            signal,
            addresses,
            onWritten,
            onConnection: (change) => void (progress.connections += change),
            onMalformed(bad) {
              rewrote = true;
              for (const { start, end } of xet.unitOutputs(bad)) partial.drop(start, end);
            },
          }),
        );
      },
    );
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof XetFailure)) throw error;
    route.fail(error);
    tellFallback(path, error, { context, route });
  }
  return { units, rewrote };
}

/** Runs `work` for every item, in order, as many at once as there are connections. The first failure ends all. */
async function inLanes<T>(
  items: readonly T[],
  context: TransferContext,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item, signal);
  };
  const count = Math.min(items.length, context.budget.max);
  const lanes = Array.from({ length: count }, () =>
    lane().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(lanes)).some((one) => one.status === "rejected");
  context.signal.throwIfAborted();
  if (failed) throw stop.signal.reason;
}

const PHASES = { token: "a token", reconstruction: "the list of ranges", data: "the bytes" };

function tellFallback(
  path: string,
  failure: XetFailure,
  { context, route }: { readonly context: TransferContext; readonly route: XetRoute },
): void {
  const { host, phase, code } = failure.facts;
  const { host: to } = new URL(route.client.settings.endpoint);
  const message = `${path} goes on without Xet storage: asking ${host} for ${PHASES[phase]} failed (${failure.message})`;
  context.emit({ type: "source-switched", path, from: host, to, code, message });
}
