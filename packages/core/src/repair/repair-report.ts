import type { RepoType, VerifyEvent, VerifyReport } from "@mlx-download/cache";
import type { Mended } from "@mlx-download/cache/writing";
import type { DownloadEvent } from "../contract/events.ts";

/** A file that is right again. */
export interface RepairedFile {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly commit: string;
  readonly path: string;
  /**
   * `segments`: only damaged parts were fetched. `file`: the whole. `entry`: a link without content got it back, or the
   * listing was wrong. `removed`: a link without content that the repo does not have.
   */
  readonly how: "segments" | "file" | "entry" | "removed";
  /** The place of the damaged data now. Null where there was none to keep. */
  readonly quarantined: string | null;
}

/** A file that is not right again, and why. */
export interface UnrepairedFile {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly commit: string;
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The results of a repair. */
export interface RepairReport {
  readonly repaired: readonly RepairedFile[];
  /** Refs and stray files that kept other clients from a repo. */
  readonly mended: readonly Mended[];
  /** `fetched`: bytes that were put in place. `wire`: body bytes received for them. */
  readonly bytes: { readonly fetched: number; readonly wire: number };
  readonly failed: readonly UnrepairedFile[];
  /** The findings before the repair. */
  readonly found: VerifyReport;
}

/** The events of a repair: a verification's events, those of its downloads, and its own. */
export type RepairEvent =
  | VerifyEvent
  | Exclude<DownloadEvent, { type: "result" | "error" }>
  | ({ readonly type: "repair-set-aside"; readonly at: number } & RepairedFile)
  | ({ readonly type: "repair-done"; readonly at: number } & RepairedFile)
  | ({ readonly type: "repair-failed"; readonly at: number } & UnrepairedFile);
