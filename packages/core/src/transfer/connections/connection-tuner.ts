/** Measurements since the transfer began, taken at one moment. */
export interface TunerSample {
  /** Monotonic, ms. */
  readonly now: number;
  /** Useful bytes in all. */
  readonly bytes: number;
  /** How long reads waited for this machine's disk in all, summed over connections, ms. */
  readonly heldMs: number;
  /** Answers that said "not so fast" (429, 5xx) in all. */
  readonly pushbacks: number;
  /** Whether a request waits for a connection. If none does, more connections would change nothing. */
  readonly waiting: boolean;
}

/** How many connections large blobs may use, and why. */
export interface TunerState {
  readonly limit: number;
  /** The upper limit. A pushback halves it, and it recovers one by one. */
  readonly ceiling: number;
  readonly max: number;
  readonly phase: "first" | "leapt" | "steady";
  /** Where the present measurement began. */
  readonly since: number;
  readonly bytes: number;
  readonly heldMs: number;
  readonly pushbacks: number;
  /** Bytes a second before the last change of `limit`. */
  readonly rate: number;
  /** The last step in the steady phase. */
  readonly step: -1 | 0 | 1;
  readonly ceilingSince: number;
}

// Above this rate a single connection is no longer the bottleneck. Hashing and writing are.
const FAST_BYTES_PER_SECOND = 250_000_000;
// Long enough to measure a rate of 250 MB/s. All other connections wait meanwhile.
const FIRST_MS = 50;
// Half of that, from a program that has just started: it is looked at for longer.
const PROMISING_BYTES_PER_SECOND = 125_000_000;
const PROMISING_MS = 200;
const HELD_SHARE = 0.4;
const FIRST_BYTES = 256 * 1024;
const SLOW_FIRST_MS = 400;
const LEAP_SETTLE_MS = 400;
const LEAP_MS = 1_500;
const STEADY_MS = 5_000;
const RECOVER_MS = 10_000;
const ONE_BURST_MS = 1_000;
// Less than this is noise, not a gain.
const WORTH = 1.05;

/** The state before the first byte: one connection, with any maximum. */
export function startTuner(max: number, now: number): TunerState {
  return {
    limit: 1,
    ceiling: max,
    max,
    phase: "first",
    since: now,
    bytes: 0,
    heldMs: 0,
    pushbacks: 0,
    rate: 0,
    step: 0,
    ceilingSince: now,
  };
}

/** The state for another maximum, since a download came or went. */
export function withMaximum(state: TunerState, max: number): TunerState {
  const ceiling = state.ceiling === state.max ? max : Math.min(state.ceiling, max);
  return { ...state, max, ceiling, limit: Math.max(1, Math.min(state.limit, ceiling)) };
}

/**
 * The next state. One connection is measured first. Unless it is as fast as this machine works, the maximum is tried
 * and then cut down to the number that the gain justifies. After that, single steps are kept only while they pay. Pure.
 */
export function tune(state: TunerState, sample: TunerSample): TunerState {
  const { now, bytes, pushbacks, waiting } = sample;
  if (pushbacks > state.pushbacks) {
    // Requests that went out together are refused together: that is one word, not many.
    if (state.ceiling < state.max && now - state.ceilingSince < ONE_BURST_MS) {
      return { ...state, pushbacks };
    }
    const ceiling = Math.max(1, Math.floor(state.limit / 2));
    return {
      ...measureFrom(state, sample),
      limit: ceiling,
      ceiling,
      phase: "steady",
      step: 0,
      pushbacks,
      ceilingSince: now,
    };
  }
  if (state.ceiling < state.max && now - state.ceilingSince >= RECOVER_MS) {
    return { ...state, ceiling: state.ceiling + 1, ceilingSince: now };
  }
  const elapsed = now - state.since;
  const rate = elapsed > 0 ? ((bytes - state.bytes) * 1000) / elapsed : 0;
  switch (state.phase) {
    case "first": {
      // The clock starts with the first byte: the way to it says nothing about speed.
      if (state.bytes === 0 && bytes === 0) return { ...state, since: now };
      if (elapsed < FIRST_MS || (bytes < FIRST_BYTES && elapsed < SLOW_FIRST_MS)) return state;
      const fast = rate >= FAST_BYTES_PER_SECOND || isHeld(state, sample);
      if (!fast && rate >= PROMISING_BYTES_PER_SECOND && elapsed < PROMISING_MS) return state;
      const measured = { ...measureFrom(state, sample), rate };
      return fast
        ? { ...measured, phase: "steady" }
        : { ...measured, phase: "leapt", limit: state.ceiling };
    }
    case "leapt": {
      if (elapsed < LEAP_MS) {
        // New connections need a moment until they carry something: that moment is not measured.
        const settling = elapsed >= LEAP_SETTLE_MS && state.step === 0;
        return settling ? { ...measureFrom(state, sample), since: now, step: 1 } : state;
      }
      if (!waiting) return state;
      const gain = state.rate > 0 ? rate / state.rate : Infinity;
      const wanted = gain < 1.1 ? 2 : Math.ceil(gain * 1.5);
      const limit = Math.max(1, Math.min(state.ceiling, wanted));
      return { ...measureFrom(state, sample), phase: "steady", limit, rate, step: 0 };
    }
    case "steady": {
      if (elapsed < STEADY_MS || !waiting) return state;
      const measured = { ...measureFrom(state, sample), rate };
      return steady(measured, state, isHeld(state, sample));
    }
  }
}

/** Do the connections wait for the disk most of the time? More of them would wait as well. */
function isHeld(state: TunerState, { now, heldMs }: TunerSample): boolean {
  return heldMs - state.heldMs > HELD_SHARE * state.limit * (now - state.since);
}

/**
 * A step up is kept while it pays, and a step down while it costs nothing. Otherwise it is taken back. When the disk is
 * the bottleneck, steps lead down.
 */
function steady(measured: TunerState, before: TunerState, held: boolean): TunerState {
  const { limit, step, ceiling } = before;
  const { rate } = measured;
  const paid = step === 1 ? rate >= before.rate * WORTH : rate * WORTH >= before.rate;
  if (step !== 0 && !paid) return { ...measured, limit: clamp(limit - step, ceiling), step: 0 };
  const next = held ? -1 : step !== 0 ? step : limit < ceiling ? 1 : -1;
  const moved = clamp(limit + next, ceiling);
  return { ...measured, limit: moved, step: moved === limit ? 0 : next };
}

const clamp = (limit: number, ceiling: number): number => Math.max(1, Math.min(ceiling, limit));

const measureFrom = (state: TunerState, { now, bytes, heldMs }: TunerSample): TunerState => ({
  ...state,
  since: now,
  bytes,
  heldMs,
});
