/** Who asks for a connection. */
export interface ConnectionRequest {
  /** Lower goes first; within one, first come, first served. */
  readonly priority: number;
  /** A request for a few KB: it fights for no bandwidth, so that only `max` holds for it. */
  readonly small: boolean;
}

/** The connections of a transfer, shared by everything in it. */
export interface ConnectionBudget {
  /** Never more than this. */
  readonly max: number;
  /** How many the requests that are not small may use at once; may be changed at any time. */
  limit: number;
  /** In use by requests that are not small. */
  readonly used: number;
  /** How many requests that are not small wait. */
  readonly waiting: number;
  /** Runs `task` when a connection is free; rejects with the signal's reason when aborted while waiting. */
  run<T>(request: ConnectionRequest, task: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

interface Waiter extends ConnectionRequest {
  readonly grant: () => void;
}

/** A budget of at most `max` connections, all of which may be used at once unless `limit` is lowered. */
export function createConnectionBudget(max: number): ConnectionBudget {
  let limit = max;
  let small = 0;
  let large = 0;
  const waiting: Waiter[] = [];

  const fits = (request: ConnectionRequest): boolean =>
    small + large < max && (request.small || large < limit);
  const count = (request: ConnectionRequest, change: 1 | -1): void => {
    if (request.small) small += change;
    else large += change;
  };
  const grantWhatFits = (): void => {
    for (let index = 0; index < waiting.length;) {
      const next = waiting[index];
      if (next !== undefined && fits(next)) {
        waiting.splice(index, 1);
        count(next, 1);
        next.grant();
      } else index += 1;
    }
  };
  const acquire = (request: ConnectionRequest, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        ...request,
        grant() {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      const before = waiting.findIndex((other) => other.priority > request.priority);
      waiting.splice(before === -1 ? waiting.length : before, 0, waiter);
      signal.addEventListener("abort", leave, { once: true });
      grantWhatFits();
    });
  };

  return {
    max,
    get limit() {
      return limit;
    },
    set limit(value) {
      limit = Math.max(1, Math.min(max, value));
      grantWhatFits();
    },
    get used() {
      return large;
    },
    get waiting() {
      return waiting.filter((one) => !one.small).length;
    },
    async run(request, task, signal) {
      await acquire(request, signal);
      try {
        return await task();
      } finally {
        count(request, -1);
        grantWhatFits();
      }
    },
  };
}
