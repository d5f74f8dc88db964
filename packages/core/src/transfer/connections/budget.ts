/** Who asks for a connection. */
export interface ConnectionRequest {
  /** A lower number goes first among the requests of one download. Equal numbers are served in order of arrival. */
  readonly priority: number;
  /** A request for a few KB: it fights for no bandwidth, so that only `max` holds for it. */
  readonly small: boolean;
}

/** One download's part in a budget. */
export interface ConnectionShare {
  /** Never more than this at once. */
  readonly max: number;
  /** How many connections this download may count on now, when all that have work get equal parts. */
  readonly limit: number;
  /** Runs `task` when a connection is free. Rejects with the signal's reason when aborted while waiting. */
  run<T>(request: ConnectionRequest, task: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Gives the share back. Call it when nothing runs or waits any more. */
  leave(): void;
}

/** The connections that downloads have in common. */
export interface ConnectionBudget {
  /** The upper bound: the largest maximum of any download that joined. */
  readonly max: number;
  /** How many connections large requests may use at once. It may change at any time. */
  limit: number;
  /** In use by requests that are not small. */
  readonly used: number;
  /** How many requests that are not small wait. */
  readonly waiting: number;
  /** Takes a download in that may use at most `max` connections at once. */
  join(max: number): ConnectionShare;
}

interface Member {
  readonly max: number;
  small: number;
  large: number;
}

interface Waiter extends ConnectionRequest {
  readonly member: Member;
  readonly grant: () => void;
}

/**
 * A budget that grows with the downloads that join. A free connection goes to small requests first, then to the
 * download with the fewest connections, so that all get equal shares of the line.
 */
export function createConnectionBudget(): ConnectionBudget {
  const members = new Set<Member>();
  const waiting: Waiter[] = [];
  let max = 0;
  let limit = Infinity;

  const sum = (of: (member: Member) => number): number => {
    let total = 0;
    for (const member of members) total += of(member);
    return total;
  };
  const largeInUse = (): number => sum((member) => member.large);
  const inUse = (member: Member): number => member.small + member.large;
  const count = ({ member, small }: Waiter, change: 1 | -1): void => {
    if (small) member.small += change;
    else member.large += change;
  };
  const goesBefore = (one: Waiter, other: Waiter): boolean => {
    if (one.small !== other.small) return one.small;
    const more = inUse(one.member) - inUse(other.member);
    if (more !== 0) return more < 0;
    return one.member === other.member && one.priority < other.priority;
  };
  /** The request that gets the next connection. Undefined when none can run. */
  const next = (): Waiter | undefined => {
    if (sum(inUse) >= max) return undefined;
    const large = largeInUse() < Math.min(limit, max);
    let best: Waiter | undefined;
    for (const one of waiting) {
      if ((!one.small && !large) || inUse(one.member) >= one.member.max) continue;
      if (best === undefined || goesBefore(one, best)) best = one;
    }
    return best;
  };
  const grantWhatFits = (): void => {
    for (let waiter = next(); waiter !== undefined; waiter = next()) {
      waiting.splice(waiting.indexOf(waiter), 1);
      count(waiter, 1);
      waiter.grant();
    }
  };
  const acquire = (
    member: Member,
    request: ConnectionRequest,
    signal: AbortSignal,
  ): Promise<Waiter> => {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        ...request,
        member,
        grant() {
          signal.removeEventListener("abort", leave);
          resolve(waiter);
        },
      };
      waiting.push(waiter);
      signal.addEventListener("abort", leave, { once: true });
      grantWhatFits();
    });
  };

  return {
    get max() {
      return max;
    },
    get limit() {
      return Math.min(limit, max);
    },
    set limit(value) {
      limit = Math.max(1, value);
      grantWhatFits();
    },
    get used() {
      return largeInUse();
    },
    get waiting() {
      return waiting.filter((one) => !one.small).length;
    },
    join(most) {
      const member: Member = { max: most, small: 0, large: 0 };
      members.add(member);
      max = Math.max(max, most);
      grantWhatFits();
      return {
        max: most,
        get limit() {
          const busy = new Set(waiting.filter((one) => !one.small).map((one) => one.member));
          for (const one of members) if (one.large > 0) busy.add(one);
          busy.add(member);
          return Math.max(1, Math.min(most, Math.ceil(Math.min(limit, max) / busy.size)));
        },
        async run(request, task, signal) {
          const granted = await acquire(member, request, signal);
          try {
            return await task();
          } finally {
            count(granted, -1);
            grantWhatFits();
          }
        },
        leave() {
          members.delete(member);
          max = Math.max(0, ...[...members].map((one) => one.max));
        },
      };
    },
  };
}
