import type { ByteSink } from "../../http/byte-sink.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { TransferMonitor } from "../connections/transfer-monitor.ts";

/**
 * A sink under the download's rate limit, whose bytes count for the connections. `onFilled` is called after each of its
 * fills.
 */
export function meteredSink(
  sink: ByteSink,
  { rateLimit, monitor }: Pick<TransferContext, "rateLimit" | "monitor">,
  onFilled: (bytes: number) => void,
): ByteSink {
  return {
    space() {
      const room = sink.space();
      const { portion } = rateLimit;
      return room.byteLength <= portion ? room : room.subarray(0, portion);
    },
    filled(bytes) {
      const kept = sink.filled(bytes);
      if (kept !== undefined) void timeWait(kept, monitor);
      const paid = rateLimit.spend(bytes);
      monitor.arrived(bytes);
      onFilled(bytes);
      return kept && paid ? Promise.all([kept, paid]).then(() => undefined) : (kept ?? paid);
    },
  };
}

/** Reports how long bytes waited for the disk. Its errors are reported elsewhere. */
async function timeWait(kept: Promise<void>, monitor: TransferMonitor): Promise<void> {
  const began = performance.now();
  await kept.catch(() => undefined);
  monitor.held(performance.now() - began);
}
