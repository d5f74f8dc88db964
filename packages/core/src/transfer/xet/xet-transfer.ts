import type { DecodeThreads } from "@mlx-download/xet";
import type { XetMode } from "../../contract/xet-mode.ts";
import type { XetRoute } from "./xet-route.ts";
import type { XetWay } from "./xet-way.ts";

/** The means of a download to use Xet storage. */
export interface XetTransfer {
  readonly mode: XetMode;
  readonly route: XetRoute;
  /** The planned ways, by digest. */
  readonly ways: ReadonlyMap<string, XetWay>;
  /** The threads that decode, started with the first call. */
  readonly threads: () => Promise<DecodeThreads>;
}
