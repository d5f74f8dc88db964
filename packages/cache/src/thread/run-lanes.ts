/**
 * Runs `count` lanes side by side and waits for all of them. The first failure aborts the signal of
 * the other lanes, and the promise rejects with it. When `signal` is aborted, it rejects with that
 * signal's reason.
 */
export async function runLanes(
  count: number,
  lane: (signal: AbortSignal, index: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const settled = await Promise.allSettled(
    Array.from({ length: count }, async (_, index) => {
      try {
        await lane(both, index);
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    }),
  );
  signal?.throwIfAborted();
  // Later failures are consequences of the first.
  if (settled.some(({ status }) => status === "rejected")) throw stop.signal.reason;
}
