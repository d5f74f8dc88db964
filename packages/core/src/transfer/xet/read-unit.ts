import { setTimeout as sleep } from "node:timers/promises";
import type { DecodeThreads, FetchedUnit, FetchUnit, UnitSink } from "@mlx-download/xet";
import type { HubClient } from "../../hub/hub-client.ts";
import { serverWait } from "../../hub/server-wait.ts";
import type { ByteRange } from "../disk/ranges.ts";
import { meteredSink } from "../segments/metered-sink.ts";
import type { TransferContext } from "../transfer-context.ts";
import { askUnit, UnitError } from "./ask-unit.ts";
import type { XetAddresses } from "./xet-addresses.ts";
import { XetFailure } from "./xet-failure.ts";
import { asXetError, hostOf } from "./xet-route.ts";

/** The needs of the read of a unit. */
export interface ReadUnitIo {
  readonly context: TransferContext;
  readonly client: HubClient;
  readonly threads: DecodeThreads;
  /** Whether a host takes ranges inside of a listed one. A host that was not tried is not in it. */
  readonly subRanges: Map<string, boolean>;
  readonly path: string;
  /** The file that the unit's content is written to. */
  readonly descriptor: number;
  readonly signal: AbortSignal;
  readonly addresses: XetAddresses;
  /** Told of the written bytes. */
  readonly onWritten: (ranges: readonly ByteRange[]) => void;
  /** Told of bytes that the storage sent. */
  readonly onWire: (bytes: number) => void;
  /** Told that the unit was malformed, so that its bytes are doubtful. It is written again. */
  readonly onMalformed: (unit: FetchUnit) => void;
  readonly onConnection: (change: 1 | -1) => void;
}

const DELAYS_MS = [250, 1000];
// A try that brought this many bytes shows that the line works. The count restarts there.
const PROGRESS_BYTES = 64 * 1024;
const MOST_STALLS = 2;
const LONGEST_WAIT_MS = 10_000;

/**
 * Brings one unit with as many tries as it is worth, each from where the last one broke off. A malformed one is asked for
 * once more, at a fresh address. Throws `XetFailure`, the disk's error, or the signal's reason.
 */
export async function readUnit(unit: FetchUnit, io: ReadUnitIo): Promise<FetchedUnit> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readOnce(unit, io);
    } catch (error) {
      io.signal.throwIfAborted();
      const known = asXetError(error);
      if (known === undefined) throw error;
      const host = hostOf(known) ?? new URL(unit.url).host;
      io.onMalformed(unit);
      if (attempt === 2) {
        const facts = { code: known.code, phase: "data", host, forAll: false } as const;
        throw new XetFailure(known.message, facts, error);
      }
      io.context.emit({
        type: "retry",
        path: io.path,
        attempt,
        delayMs: 0,
        code: known.code,
        message: `${known.message} (from ${host})`,
      });
      await io.addresses.replace(unit, io.signal);
    }
  }
}

/** Fills one sink, however many requests that takes. */
async function readOnce(unit: FetchUnit, io: ReadUnitIo): Promise<FetchedUnit> {
  const { context, threads, signal } = io;
  const connection = { priority: context.priority, small: false };
  const sink = await threads.open(unit, {
    descriptor: io.descriptor,
    onDecoded: (written) => io.onWritten(written),
  });
  try {
    let failures = 0;
    let wrong = 0;
    let expired = 0;
    let stalls = 0;
    for (;;) {
      const before = sink.received;
      const failed = await context.budget.run(connection, () => request(unit, sink, io), signal);
      if (failed === undefined) return { unit, result: await sink.finish() };
      const { fault, host, retryAfterMs } = failed;
      if (fault === "expired" && expired++ === 0) {
        await io.addresses.replace(unit, signal);
        continue;
      }
      if (fault === "wrong-answer") wrong += 1;
      if (failed.code === "transfer/stalled") stalls += 1;
      failures = sink.received - before >= PROGRESS_BYTES ? 1 : failures + 1;
      const delayMs = Math.max(DELAYS_MS[failures - 1] ?? 0, retryAfterMs ?? 0);
      const isOver =
        fault === "refused" ||
        fault === "expired" ||
        wrong > 1 ||
        // However much came before each: every one costs seconds.
        stalls > MOST_STALLS ||
        failures > DELAYS_MS.length ||
        delayMs > LONGEST_WAIT_MS;
      if (isOver) {
        const facts = {
          code: failed.code,
          phase: "data",
          host,
          forAll: fault !== "wrong-answer",
        } as const;
        throw new XetFailure(failed.message, facts, failed);
      }
      await waitAndTell(failed, { attempt: failures, delayMs }, io);
      if (fault === "wrong-answer") await io.addresses.replace(unit, signal);
    }
  } finally {
    await sink.close();
  }
}

async function waitAndTell(
  failed: UnitError,
  { attempt, delayMs }: { readonly attempt: number; readonly delayMs: number },
  { context, path, signal }: ReadUnitIo,
): Promise<void> {
  const { code, message, host, retryAfterMs } = failed;
  if (code === "xet/rate-limited" || code === "xet/unavailable") context.monitor.pushedBack();
  if (retryAfterMs !== undefined) {
    context.emit(serverWait({ host, code: "hub/rate-limited" }, delayMs));
  } else context.emit({ type: "retry", path, attempt, delayMs, code, message });
  await sleep(Math.round(delayMs * (1 + Math.random() / 4)), undefined, { signal });
}

/** One request for the bytes that the sink lacks. Resolves to its failure. */
async function request(
  planned: FetchUnit,
  sink: UnitSink,
  io: ReadUnitIo,
): Promise<UnitError | undefined> {
  const { context, client, subRanges, signal } = io;
  const { unit, endsSoon } = await io.addresses.of(planned, signal);
  const { host } = new URL(unit.url);
  const { received } = sink;
  // A part of a listed range is not allowed everywhere. A server that refuses it is asked for the whole again.
  const isPart = received > 0 && subRanges.get(host) !== false;
  const start = unit.bytes.start + (isPart ? received : 0);
  const stop = new AbortController();
  const read = {
    of: context.progress,
    bytes: () => sink.received - received,
    cut: (reason: Error) => stop.abort(reason),
  };
  context.monitor.reads.add(read);
  io.onConnection(1);
  try {
    await askUnit(
      { unit, start, end: unit.bytes.end, skip: isPart ? 0 : received },
      {
        client,
        sink: meteredSink(sink, context, () => undefined),
        signal: AbortSignal.any([signal, stop.signal]),
        idleMs: context.idleMs,
        onWire(bytes) {
          context.progress.wire(bytes);
          io.onWire(bytes);
        },
        endsSoon,
      },
    );
    if (isPart) subRanges.set(host, true);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (stop.signal.aborted) {
      const { message } = stop.signal.reason as Error;
      return new UnitError(message, { fault: "transient", host, code: "transfer/stalled" });
    }
    if (!(error instanceof UnitError)) throw error;
    if (isPart && error.fault === "refused") {
      subRanges.set(host, false);
      return request(planned, sink, io);
    }
    if (isPart && sink.received > received) subRanges.set(host, true);
    return error;
  } finally {
    context.monitor.reads.delete(read);
    io.onConnection(-1);
  }
}
