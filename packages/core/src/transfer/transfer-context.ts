import type { DownloadEventBody } from "../contract/events.ts";
import type { ArrivedBytes } from "../contract/options.ts";
import type { Target } from "./target.ts";
import type { ConnectionShare } from "./connections/budget.ts";
import type { DiskThread } from "./disk/disk-thread.ts";
import type { ProgressTracker } from "./progress.ts";
import type { RateLimit } from "../contract/rate-limit.ts";
import type { SourceSet } from "./sources/source-set.ts";
import type { XetTransfer } from "./xet/xet-transfer.ts";
import type { TransferMonitor } from "./connections/transfer-monitor.ts";

/** Shared by all code that moves bytes of one download. */
export interface TransferContext {
  readonly repoId: string;
  readonly source: SourceSet;
  /** The way through Xet storage. Undefined when it is not to be used. */
  readonly xet?: XetTransfer | undefined;
  readonly target: Target;
  readonly budget: ConnectionShare;
  readonly disk: DiskThread;
  readonly progress: ProgressTracker;
  readonly monitor: TransferMonitor;
  /** The permitted rate of bytes, shared with other downloads. */
  readonly rateLimit: RateLimit;
  /** Place of the blob in the plan: earlier ones get connections first. */
  readonly priority: number;
  readonly signal: AbortSignal;
  /** A connection that brings nothing for so long is given up, in ms. */
  readonly idleMs: number;
  /** A holder of a blob's lock that shows no sign of life for this long is passed over, in ms. Default: a minute. */
  readonly abandonedAfterMs?: number | undefined;
  /** Ignores local bytes and fetches everything again. */
  readonly force: boolean;
  readonly emit: (event: DownloadEventBody) => void;
  /** Told of the written ranges of large blobs. */
  readonly onArrived?: ((bytes: ArrivedBytes) => void) | undefined;
}

/** The origins of one blob's bytes. They add up to its size. */
export interface BlobOutcome {
  readonly cached: number;
  readonly resumed: number;
  readonly copied: number;
  readonly fetched: number;
}
