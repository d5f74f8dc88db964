import type { SegmentFailure } from "../sources/source.ts";

/** The findings from the tries so far of one blob. All its segments share one value. */
export interface RetryState {
  /** Transient failures in a row without worthwhile progress. */
  readonly transient: number;
  /** Answers that were not the bytes, in all. */
  readonly wrong: number;
}

/** Nothing failed yet. */
export const NO_FAILURES: RetryState = { transient: 0, wrong: 0 };

/** Delays before the tries after a failure, in ms. There are as many tries as delays. */
export const RETRY_DELAYS_MS: readonly number[] = [250, 1000, 2000, 4000, 8000];
// A try that brought this many bytes shows that the line works. The count restarts there.
const PROGRESS_BYTES = 64 * 1024;
// A server that says "that is all" too early is believed after so many times, however much each try brought. It is
// there and quick to answer, so that waiting long would heal nothing.
const WRONG_ANSWER_DELAYS_MS: readonly number[] = [100, 250, 500, 1000];

/**
 * Decides about the next try of a segment that failed after `delivered` bytes: the new state and the delay in ms, or
 * `giveUp`. Pure. The caller supplies the jitter.
 */
export function nextTry(
  state: RetryState,
  failed: {
    readonly failure: SegmentFailure;
    readonly delivered: number;
    readonly retryAfterMs?: number | undefined;
  },
): { readonly state: RetryState; readonly delayMs: number; readonly giveUp: boolean } {
  if (failed.failure === "transient") {
    const transient = failed.delivered >= PROGRESS_BYTES ? 1 : state.transient + 1;
    const delay = RETRY_DELAYS_MS[transient - 1];
    return {
      state: { ...state, transient },
      delayMs: Math.max(delay ?? 0, failed.retryAfterMs ?? 0),
      giveUp: delay === undefined,
    };
  }
  const wrong = state.wrong + 1;
  const delay = WRONG_ANSWER_DELAYS_MS[wrong - 1];
  return { state: { ...state, wrong }, delayMs: delay ?? 0, giveUp: delay === undefined };
}
