import { type ConnectionBudget, type ConnectionShare, createConnectionBudget } from "./budget.ts";
import type { DecodeThreads } from "@mlx-download/xet";
import { createDiskThread, type DiskThread } from "../disk/disk-thread.ts";
import { createRateLimit } from "./rate-limit.ts";
import type { RateLimit } from "../../contract/rate-limit.ts";
import { startTransferMonitor, type TransferMonitor } from "./transfer-monitor.ts";

/** A download's place among all that run in this process. */
export interface SchedulerMembership {
  readonly budget: ConnectionShare;
  readonly monitor: TransferMonitor;
  readonly disk: DiskThread;
  /** The threads that decode the chunks of Xet storage. They are started with the first call. */
  readonly decoders: () => Promise<DecodeThreads>;
  readonly rateLimit: RateLimit;
  /** Resolves when nothing of the download runs any more. The last one ends the disk thread. */
  readonly leave: () => Promise<void>;
}

/** The requirements of one download. */
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
/** The rates given as numbers. The lowest one applies to all downloads that gave one. */
const rates = new Set<{ readonly bytesPerSecond: number }>();
const sharedLimit = createRateLimit();
let disk: DiskThread | undefined;
let decoders: Promise<DecodeThreads> | undefined;
let places = 0;

/**
 * Takes a download in. All downloads of this process from one host share its connections, those that named a rate as a
 * number share the lowest one, and all share one thread that writes and hashes.
 */
export function joinScheduler(host: string, wish: SchedulerWish): SchedulerMembership {
  const known = hosts.get(host);
  const budget = known?.budget ?? createConnectionBudget();
  const share = budget.join(wish.connections);
  const shared = known ?? { budget, monitor: startTransferMonitor(budget), members: 0 };
  hosts.set(host, shared);
  shared.members += 1;
  disk ??= createDiskThread();
  places += 1;
  const rate = joinRate(wish.limitRate);
  const mine = disk;

  return {
    budget: share,
    monitor: shared.monitor,
    disk: mine,
    decoders: () => (decoders ??= startDecoders()),
    rateLimit: rate.limit,
    async leave() {
      share.leave();
      rate.leave();
      shared.members -= 1;
      if (shared.members === 0) {
        shared.monitor.stop();
        hosts.delete(host);
      }
      places -= 1;
      if (places > 0) return;
      disk = undefined;
      const threads = decoders;
      decoders = undefined;
      await Promise.all([mine.close(), threads?.then((started) => started.close())]);
    },
  };
}

async function startDecoders(): Promise<DecodeThreads> {
  const { createDecodeThreads } = await import("@mlx-download/xet");
  return createDecodeThreads({ hashes: false });
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
