import type { ResolvedSnapshot } from "../request/resolve-snapshot.ts";
import type { XetTransfer } from "../transfer/xet/xet-transfer.ts";
import type { DownloadPlan } from "../transfer/plan.ts";
import type { Target } from "../transfer/target.ts";

/** A resolved and planned download. Nothing is written yet. */
export interface PreparedDownload extends ResolvedSnapshot {
  readonly target: Target;
  readonly plan: DownloadPlan;
  /** The way through Xet storage. Undefined when it is not to be used. */
  readonly xet: Pick<XetTransfer, "mode" | "route" | "ways"> | undefined;
}
