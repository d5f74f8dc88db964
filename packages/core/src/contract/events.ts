import type { DownloadReview } from "./review.ts";
import type { LeftOut } from "./left-out.ts";
import type { DownloadResult, FileStatus } from "./result.ts";

/** Byte counts of a plan. `total = cached + resumable + copyable + toFetch`. */
export interface PlanBytes {
  readonly total: number;
  /** Here already, nothing to do. */
  readonly cached: number;
  /** The parts of unfinished files that their journals record. */
  readonly resumable: number;
  /** Somewhere else on this disk: under the same digest, or as chunks of other files. */
  readonly copyable: number;
  readonly toFetch: number;
  /** Bytes that are expected on the wire for `toFetch`: fewer where Xet storage sends them packed. */
  readonly expectedWire: number;
  /** Free bytes on the destination's file system. Null when the system does not say. */
  readonly diskFree: number | null;
}

/** One file that is moving right now. */
export interface ActiveFile {
  readonly path: string;
  readonly size: number;
  /** Bytes in their place, resumed and copied ones included. */
  readonly received: number;
  readonly resumed: number;
  /** Bytes hashed so far. Trails `received`. */
  readonly verified: number;
  /** Requests in flight for this file. */
  readonly connections: number;
}

/** The state of one download, sent at most ten times a second and once at the end. */
export interface ProgressState {
  readonly bytes: {
    readonly total: number;
    readonly cached: number;
    readonly resumed: number;
    readonly copied: number;
    readonly fetched: number;
    readonly wire: number;
    readonly verified: number;
  };
  readonly files: { readonly total: number; readonly done: number };
  /** Fetched bytes a second over the last ten seconds. Cached and resumed bytes never count. */
  readonly bytesPerSecond: number;
  /** Null while no honest figure exists (first 3 s, stalls). */
  readonly etaMs: number | null;
  readonly connections: number;
  readonly active: readonly ActiveFile[];
}

/** Why nothing moves for a while. */
export type WaitReason = "backoff" | "rate-limit" | "locked";

/** The events of a download, without the time and repo that every event carries. */
export type DownloadEventBody =
  | { readonly type: "resolving"; readonly revision: string }
  | {
      readonly type: "resolved";
      readonly revision: string;
      readonly commit: string;
      /** `hub`, or `cache` when no request was needed or possible. */
      readonly from: "hub" | "cache";
    }
  | {
      readonly type: "planned";
      readonly commit: string;
      readonly files: number;
      readonly bytes: PlanBytes;
      /** The files that the selection leaves out. */
      readonly leftOut?: LeftOut;
    }
  | ({ readonly type: "reviewed" } & DownloadReview)
  | {
      readonly type: "file-started";
      readonly path: string;
      readonly size: number;
      readonly resumed: number;
    }
  | ({ readonly type: "progress" } & ProgressState)
  | {
      readonly type: "retry";
      /** The file, or absent for a metadata call. */
      readonly path?: string;
      readonly attempt: number;
      readonly delayMs: number;
      /** The timeout of the next try, in ms. Present only for a question that was not answered at all. */
      readonly timeoutMs?: number;
      /** An error code such as `transfer/stalled`. */
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly type: "stalled";
      readonly path: string;
      /** Time without a byte, in ms. */
      readonly idleMs: number;
      readonly range: { readonly start: number; readonly end: number };
    }
  | {
      readonly type: "waiting";
      readonly reason: WaitReason;
      /** The server that asked for it. Absent for locks. Reported once until the wait ends, for all requests. */
      readonly host?: string;
      readonly path?: string;
      /** The expected duration. Null when unknown (locks). */
      readonly delayMs: number | null;
      readonly message: string;
    }
  | {
      readonly type: "source-switched";
      /** The file, or absent for a metadata call. */
      readonly path?: string;
      /** The source that failed or lied, by host. */
      readonly from: string;
      /** The Hub asked now. Null when none is left. */
      readonly to: string | null;
      /** The error code of the fault. */
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly type: "neighbour-found";
      /** Its own name for itself. */
      readonly name: string;
      /** Where it answers, as for the `peers` option. */
      readonly url: string;
    }
  | { readonly type: "verifying"; readonly path: string; readonly size: number }
  | {
      readonly type: "file-done";
      readonly path: string;
      readonly size: number;
      readonly digest: string;
      readonly status: FileStatus;
    }
  | { readonly type: "publishing"; readonly commit: string }
  | {
      readonly type: "warning";
      readonly code: string;
      /** Its subject, where it is told only once to a listener: of `hub/warning` as the Hub calls it. */
      readonly topic?: string;
      readonly message: string;
      readonly hint?: string;
    }
  | { readonly type: "result"; readonly result: DownloadResult }
  | { readonly type: "error"; readonly error: EventError };

/** An error as events and `--json` carry it. */
export interface EventError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** One event: its body, when it happened (Unix ms), and of which repo it speaks. */
export type DownloadEvent = DownloadEventBody & { readonly at: number; readonly repoId: string };

/** Listener for events. Its errors are ignored. */
export type OnEvent = (event: DownloadEvent) => void;
