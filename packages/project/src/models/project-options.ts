import type { DownloadOptions, HubOptions } from "@mlx-download/core";

/** How the Hub is asked about the models of a project. */
export type AskOptions = Pick<
  HubOptions,
  | "cacheDir"
  | "token"
  | "tokenSource"
  | "endpoint"
  | "offline"
  | "signal"
  | "onEvent"
  | "fetch"
  | "env"
>;

/** How the models of a project are brought here. */
export interface BringOptions
  extends
    AskOptions,
    Pick<
      DownloadOptions,
      "connections" | "limitRate" | "peers" | "review" | "requireFit" | "fit" | "trust" | "backend"
    > {}
