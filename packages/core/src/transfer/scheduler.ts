import { type ConnectionBudget, type ConnectionShare, createConnectionBudget } from "./budget.ts";
import { createFrontierHasher, type FrontierHasher } from "./frontier-hasher.ts";
import { createRateLimit, type RateLimit } from "./rate-limit.ts";
import { startTransferMonitor, type TransferMonitor } from "./transfer-monitor.ts";

/** A download's place among all that run in this process. */
export interface SchedulerPlace {
  readonly budget: ConnectionShare;
  readonly monitor: TransferMonitor;
  readonly hasher: FrontierHasher;
  readonly rateLimit: RateLimit;
  /** When nothing of the download runs any more; the last one ends the hashing thread. */
  readonly leave: () => Promise<void>;
}

/** What a download wants. */
export interface SchedulerWish {
  /** Connections at once, at most. */
  readonly connections: number;
  /** Bytes a second, or a limit of its own. */
  readonly limitRate: number | RateLimit;
}

interface Host {
  readonly budget: ConnectionBudget;
  readonly monitor: TransferMonitor;
  members: number;
}

const hosts = new Map<string, Host>();
const UNLIMITED = createRateLimit();
/** The rates that were given as numbers; the lowest holds for all who gave one. */
const rates = new Set<{ readonly bytesPerSecond: number }>();
const sharedLimit = createRateLimit();
let hasher: FrontierHasher | undefined;
let hashing = 0;

/**
 * Takes a download in. All downloads of this process from one host share its connections, those that named a rate as a
 * number share the lowest one, and all share one hashing thread.
 */
export function joinScheduler(host: string, wish: SchedulerWish): SchedulerPlace {
  const known = hosts.get(host);
  const budget = known?.budget ?? createConnectionBudget();
  const share = budget.join(wish.connections);
  const shared = known ?? { budget, monitor: startTransferMonitor(budget), members: 0 };
  hosts.set(host, shared);
  shared.members += 1;
  hasher ??= createFrontierHasher();
  hashing += 1;
  const rate = joinRate(wish.limitRate);
  const mine = hasher;

  return {
    budget: share,
    monitor: shared.monitor,
    hasher: mine,
    rateLimit: rate.limit,
    async leave() {
      share.leave();
      rate.leave();
      shared.members -= 1;
      if (shared.members === 0) {
        shared.monitor.stop();
        hosts.delete(host);
      }
      hashing -= 1;
      if (hashing > 0) return;
      hasher = undefined;
      await mine.close();
    },
  };
}

function joinRate(wish: number | RateLimit): {
  readonly limit: RateLimit;
  readonly leave: () => void;
} {
  if (typeof wish !== "number") return { limit: wish, leave: () => undefined };
  if (wish === Infinity) return { limit: UNLIMITED, leave: () => undefined };
  const one = { bytesPerSecond: wish };
  const settle = (): void => {
    sharedLimit.bytesPerSecond = Math.min(
      Infinity,
      ...[...rates].map((rate) => rate.bytesPerSecond),
    );
  };
  rates.add(one);
  settle();
  return {
    limit: sharedLimit,
    leave() {
      rates.delete(one);
      settle();
    },
  };
}
