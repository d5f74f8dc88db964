/** Runs `work` for every item, in order, so many at once. The first failure ends all, and is thrown. */
export async function inLanes<T>(
  items: Iterable<T>,
  { signal, lanes }: { readonly signal: AbortSignal; readonly lanes: number },
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const queue = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      await work(next.value, both);
    }
  };
  const running = Array.from({ length: lanes }, () =>
    lane().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(running)).some((one) => one.status === "rejected");
  signal.throwIfAborted();
  if (failed) throw stop.signal.reason;
}
