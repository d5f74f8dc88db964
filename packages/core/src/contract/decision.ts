import { channel } from "node:diagnostics_channel";
import type { DownloadEvent } from "./events.ts";

/** The name of the `node:diagnostics_channel` on which the steps of a download report their decisions. */
export const DECISIONS_CHANNEL = "mlx-download:decision";

/** One decision of a running download, with the numbers behind it. Bytes, ms, and bytes a second. */
export type Decision =
  | {
      /** How many connections large blobs may use from now on. */
      readonly type: "connections";
      readonly from: number;
      readonly to: number;
      /** The most that a server's refusals leave. */
      readonly ceiling: number;
      readonly bytesPerSecond: number;
      readonly phase: "first" | "leapt" | "steady";
    }
  | {
      /** A range that one connection fetches. */
      readonly type: "lease";
      readonly repoId: string;
      readonly path: string;
      readonly start: number;
      readonly end: number;
      /** Of a lease that was taken over: how long its reader stood still. */
      readonly stoodStillMs: number | null;
    }
  | {
      /** How a read of a lease ended. */
      readonly type: "read";
      readonly repoId: string;
      readonly path: string;
      readonly start: number;
      /** Where the lease ends now. It may have become shorter. */
      readonly end: number;
      readonly received: number;
      readonly ms: number;
      /** The code or message of its failure. Null when it brought all. */
      readonly failure: string | null;
    }
  | {
      /** Which of several sources is asked for a range, and the facts known of each. */
      readonly type: "source";
      readonly path: string;
      readonly start: number;
      readonly end: number;
      readonly chosen: string | null;
      readonly sources: readonly {
        readonly name: string;
        readonly bytesPerSecond: number | null;
        readonly active: number;
        readonly failures: number;
        readonly restsMs: number;
        readonly lied: boolean;
        readonly lacksFile: boolean;
      }[];
    }
  | {
      /** An event of a download, as its listener receives it. */
      readonly type: "event";
      readonly event: DownloadEvent;
    };

const decisions = channel(DECISIONS_CHANNEL);

/** Publishes a decision to the subscribers of the channel. Without any, `make` is not called. */
export function publishDecision(make: () => Decision): void {
  if (decisions.hasSubscribers) decisions.publish(make());
}
