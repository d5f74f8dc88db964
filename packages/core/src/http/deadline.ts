/** A signal that aborts after some time, unless it is cleared before. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Lets go of the timer. `AbortSignal.timeout` has no such thing: Node keeps signal and timer until the time is over. */
  clear(): void;
}

/** Starts a {@link Deadline} of `ms`. It does not keep the process running. */
export function startDeadline(ms: number): Deadline {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new DOMException("it took too long", "TimeoutError"));
  }, ms);
  timer.unref();
  return { signal: late.signal, clear: () => clearTimeout(timer) };
}
