/** A number of connections shared by everything that transfers; first come, first served. */
export interface ConnectionBudget {
  readonly limit: number;
  /** Connections in use now. */
  readonly used: number;
  /** Runs `task` when a connection is free; rejects with the signal's reason when aborted while waiting. */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** A budget of `limit` connections. */
export function createConnectionBudget(limit: number): ConnectionBudget {
  let used = 0;
  const waiting: (() => void)[] = [];

  const acquire = (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (used < limit) {
      used += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(grant), 1);
        reject(signal.reason as Error);
      };
      waiting.push(grant);
      signal.addEventListener("abort", leave, { once: true });
    });
  };
  const release = (): void => {
    const next = waiting.shift();
    // The place passes on directly: a newcomer never overtakes who waits.
    if (next) next();
    else used -= 1;
  };

  return {
    limit,
    get used() {
      return used;
    },
    async run(task, signal) {
      await acquire(signal);
      try {
        return await task();
      } finally {
        release();
      }
    },
  };
}
