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

/**
 * Does `work` for every item, `atOnce` of them side by side, each begun in the order of the items. Fails and is aborted as
 * {@link runLanes} is: no item is begun after the first failure.
 */
export async function forEachInLanes<T>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal, index: number) => Promise<void>,
  { atOnce, signal }: { readonly atOnce: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const queue = items.entries();
  const lane = async (stop: AbortSignal): Promise<void> => {
    for (const [index, item] of queue) {
      stop.throwIfAborted();
      await work(item, stop, index);
    }
  };
  await runLanes(Math.min(atOnce, items.length), lane, signal);
}
