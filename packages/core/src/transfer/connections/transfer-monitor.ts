import { type Decision, publishDecision } from "../../contract/decision.ts";
import { ModelDownloadError } from "../../contract/errors.ts";
import type { ConnectionBudget } from "./budget.ts";
import { startTuner, tune, type TunerState, withMaximum } from "./connection-tuner.ts";
import { SegmentError } from "../sources/source.ts";
import { findStragglers } from "./stragglers.ts";

/** One read that is under way. */
export interface ActiveRead {
  /** The download it belongs to: reads of others, from other storage perhaps, say nothing about it. */
  readonly of: object;
  /** Useful bytes it has brought. */
  bytes(): number;
  /** Ends the read. It is tried again, from another source if necessary. */
  cut(reason: Error): void;
}

/** Watches the transfers that share a budget: gives connections where they pay, and cuts reads that hold everything up. */
export interface TransferMonitor {
  readonly reads: Set<ActiveRead>;
  /** Notes that bytes of a large blob arrived. */
  arrived(bytes: number): void;
  /** Notes that bytes waited for this machine's disk, for so many ms. */
  held(ms: number): void;
  /** Notes that a server said it is asked too much. */
  pushedBack(): void;
  stop(): void;
}

const TICK_MS = 25;
const STRAGGLER_MS = 1_000;
// A timer that fires this late slept with the machine. Older sockets are dead, although no error reports it.
const SLEPT_MS = 20_000;

/** Starts watching a budget that a download has joined. */
export function startTransferMonitor(budget: ConnectionBudget): TransferMonitor {
  const reads = new Set<ActiveRead>();
  let bytes = 0;
  let pushbacks = 0;
  let heldMs = 0;
  let state = startTuner(budget.max, performance.now());
  budget.limit = state.limit;
  let lastTick = Date.now();
  let lastLook = performance.now();
  const history = new Map<ActiveRead, number[]>();

  const tick = (): void => {
    const wall = Date.now();
    if (wall - lastTick > SLEPT_MS) cutAll(wall - lastTick);
    lastTick = wall;

    const now = performance.now();
    if (state.max !== budget.max) state = withMaximum(state, budget.max);
    const before = state.limit;
    state = tune(state, { now, bytes, heldMs, pushbacks, waiting: budget.waiting > 0 });
    budget.limit = state.limit;
    if (state.limit !== before) publishDecision(() => limitChange(before, state));

    if (now - lastLook < STRAGGLER_MS) return;
    lastLook = now;
    for (const read of history.keys()) if (!reads.has(read)) history.delete(read);
    for (const read of reads) history.set(read, [...(history.get(read) ?? []), read.bytes()]);
    for (const read of findStragglers(history)) {
      history.delete(read);
      read.cut(interruption("one connection fell far behind the others", "transfer/stalled"));
    }
  };
  const cutAll = (ms: number): void => {
    const seconds = Math.round(ms / 1000);
    const message = `this machine slept for ${seconds} s, so its old connections are closed`;
    for (const read of reads) read.cut(interruption(message, "transfer/interrupted"));
  };
  const timer = setInterval(tick, TICK_MS);
  timer.unref();

  return {
    reads,
    arrived(count) {
      bytes += count;
    },
    held(ms) {
      heldMs += ms;
    },
    pushedBack() {
      pushbacks += 1;
    },
    stop: () => clearInterval(timer),
  };
}

function limitChange(from: number, { limit, ceiling, rate, phase }: TunerState): Decision {
  const bytesPerSecond = Math.round(rate);
  return { type: "connections", from, to: limit, ceiling, bytesPerSecond, phase };
}

function interruption(
  message: string,
  code: "transfer/stalled" | "transfer/interrupted",
): SegmentError {
  const cause = new ModelDownloadError(message, code, {
    hint: "Nothing to do: that part is asked for again.",
  });
  return new SegmentError(message, "transient", { cause });
}
