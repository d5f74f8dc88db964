import { formatDigest } from "@mlx-download/cache";
import type { DecodeThreads, FetchedUnit, FetchUnit } from "@mlx-download/xet";
import type { DownloadEventBody } from "../../contract/events.ts";
import type { PartialBlob } from "../disk/partial-blob.ts";
import type { ByteRange } from "../disk/ranges.ts";
import type { PlannedBlob } from "../plan.ts";
import type { FileProgress } from "../progress.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { PartialWrite } from "../write-partial.ts";
import { copyFromBases } from "./copy-from-bases.ts";
import { type Mended, mendUnits } from "./mend-units.ts";
import { readUnit } from "./read-unit.ts";
import { runSteps } from "./run-steps.ts";
import { createXetAddresses } from "./xet-addresses.ts";
import { XetFailure } from "./xet-failure.ts";
import type { XetTransfer } from "./xet-transfer.ts";
import { planWay, type XetWay } from "./xet-way.ts";
import type { XetRoute } from "./xet-route.ts";

/** The outcome of a blob through Xet storage. */
export interface XetFill {
  /** Whether bytes were written twice or given up, so that hashing must start over. */
  readonly rewrote: boolean;
  /** Ranges that are less certain than others when the digest is wrong: copies. */
  readonly doubtful: readonly ByteRange[];
  /** Finds and replaces wrong units, once the digest is known to be wrong. Undefined when nothing came this way. */
  readonly mend: (() => Promise<Mended>) | undefined;
  /** Bytes that the storage sent. */
  readonly wireBytes: number;
  /** The blob's record for later copies. Undefined when not all of its chunks are known. */
  readonly sidecar: Uint8Array | undefined;
}

/** Nothing came this way. */
export const NO_FILL: XetFill = {
  rewrote: false,
  doubtful: [],
  mend: undefined,
  wireBytes: 0,
  sidecar: undefined,
};

/** The partial to fill, with its records. */
export interface FillIo {
  readonly context: TransferContext;
  readonly xet: XetTransfer;
  readonly progress: FileProgress;
  readonly to: Pick<PartialWrite, "write" | "onWritten">;
}

/**
 * Brings the missing bytes of a partial through Xet storage, as far as that works: copied from files on this disk that have the
 * same chunks, and fetched, each range once, decoded to every place that has its chunks. The rest, if any, is the plain
 * route's.
 */
export async function fillFromXet(
  blob: PlannedBlob,
  partial: PartialBlob,
  io: FillIo,
): Promise<XetFill> {
  const { context, progress, to } = io;
  const { route, ways, threads } = io.xet;
  const [file] = blob.files;
  const { path, xetHash = "" } = file;
  const units = new Map<FetchUnit, FetchedUnit>();
  const doubtful: ByteRange[] = [];
  let rewrote = false;
  let mend: XetFill["mend"];
  let wireBytes = 0;
  let sidecar: Uint8Array | undefined;
  const disk = new AbortController();
  const signal = AbortSignal.any([context.signal, disk.signal]);
  try {
    const whole = partial.have.covered === 0;
    const way =
      ways.get(formatDigest(file.digest)) ??
      (await planWay(file, [], { route, signal, local: undefined }));
    const expected = { fileHash: xetHash, size: blob.size };
    const xet = await import("@mlx-download/xet");
    const addresses = createXetAddresses(expected, way.parts, { route, xet });
    let arrived: () => void = to.onWritten;
    const onWritten = (ranges: readonly ByteRange[]): void => {
      try {
        for (const { start, end } of ranges) partial.wrote(start, end);
        arrived();
      } catch (error) {
        disk.abort(error);
      }
    };
    const decoders = await threads();
    startThreads(decoders);
    const read = (unit: FetchUnit, stop: AbortSignal): Promise<FetchedUnit> =>
      readUnit(unit, {
        context,
        client: route.client,
        subRanges: route.subRanges,
        threads: decoders,
        path,
        descriptor: partial.descriptor,
        signal: stop,
        addresses,
        onWritten,
        onWire: (bytes) => void (wireBytes += bytes),
        onConnection: (change) => void (progress.connections += change),
        onMalformed(bad) {
          rewrote = true;
          for (const { start, end } of xet.unitOutputs(bad)) partial.drop(start, end);
        },
      });
    let complete = false;
    mend = async () => {
      // The hashing that began with these bytes has ended.
      arrived = () => undefined;
      return mendUnits([...units.values()], {
        context,
        path,
        file: expected,
        whole: complete && whole && way.bases.length === 0,
        descriptor: partial.descriptor,
        replace: (unit) => addresses.replace(unit, signal),
        read: (unit) => read(unit, signal),
      });
    };
    const run = async ({ delta, bases, parts }: XetWay): Promise<void> => {
      const missing = partial.have.missing(blob.size);
      await runSteps(delta, {
        signal,
        lanes: context.budget.max,
        async copy(copies, stop) {
          const copied = await copyFromBases(copies, bases, {
            ...io,
            partial,
            signal: stop,
          });
          doubtful.push(...copied.ranges);
          rewrote ||= copied.droppedSome;
        },
        async fetch(planned, stop) {
          const unit = { ...planned, within: missing };
          // All that it would bring is here from an earlier run, and no other place depends on it.
          if (xet.unitOutputs(unit).length === 0 && bases.length === 0) return undefined;
          const fetched = await read(unit, stop);
          units.set(planned, fetched);
          return fetched.result;
        },
      });
      complete = true;
      const chunks = delta.chunks();
      const marks = parts.flatMap(({ ranges }) => xet.marksOf(ranges));
      if (chunks) sidecar = xet.encodeSidecar({ ...expected, ...chunks, marks });
    };
    try {
      await run(way);
    } catch (error) {
      const mayBeParts = way.inParts && error instanceof XetFailure && isOfParts(error);
      if (!mayBeParts) throw error;
      route.subRanges.set(error.facts.host, false);
      context.emit(withoutParts(path, error));
      await run(
        await planWay(file, way.bases, { route, signal, local: undefined, wholeRanges: true }),
      );
    }
  } catch (error) {
    context.signal.throwIfAborted();
    if (disk.signal.aborted) throw disk.signal.reason;
    if (!(error instanceof XetFailure)) throw error;
    route.fail(error);
    context.emit(fallback(path, error, route));
  }
  return { rewrote, doubtful, mend, wireBytes, sidecar };
}

/** Whether whole ranges may come where parts of them did not: the parts are refused, or lie elsewhere in the stored xorb. */
function isOfParts({ facts: { code } }: XetFailure): boolean {
  return ["xet/unauthorized", "xet/bad-response", "xet/malformed-xorb"].includes(code);
}

function withoutParts(
  path: string,
  { message: why, facts }: XetFailure,
): Extract<DownloadEventBody, { readonly type: "retry" }> {
  const message = `parts of ranges do not come from ${facts.host}, so whole ones are asked for (${why})`;
  return { type: "retry", path, attempt: 1, delayMs: 0, code: facts.code, message };
}

const PHASES = {
  token: "a token",
  reconstruction: "the list of ranges",
  data: "the bytes",
  decode: "a thread that decodes",
};

/** Throws `XetFailure` where this program may start no threads. */
function startThreads(decoders: DecodeThreads): void {
  try {
    decoders.start();
  } catch (error) {
    const { message } = error as Error;
    const facts = { code: "transfer/no-threads", phase: "decode", host: "this machine" } as const;
    throw new XetFailure(message, { ...facts, forAll: true }, error);
  }
}

/** The event by which a file goes on over the plain route. */
export function fallback(
  path: string,
  { message: why, facts }: XetFailure,
  { client }: XetRoute,
): {
  readonly type: "source-switched";
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly code: string;
  readonly message: string;
} {
  const { host: from, phase, code } = facts;
  const { host: to } = new URL(client.settings.endpoint);
  const message = `${path} comes without Xet storage: asking ${from} for ${PHASES[phase]} failed (${why})`;
  return { type: "source-switched", path, from, to, code, message };
}
