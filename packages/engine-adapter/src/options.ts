import type { HubOptions, SelectionOptions } from "@mlx-download/core";
import type { OnEngineEvent } from "./events.ts";

/** Options of everything here that takes a ref: those of a download, and how to treat what is here already. */
export interface EnsureOptions extends Omit<HubOptions, "onEvent">, SelectionOptions {
  /**
   * Branches and tags: `always` asks the Hub where they point now (one request; the cache answers when the Hub is
   * away), `if-missing` asks only when the cache has no complete snapshot. Commits are never asked about. Default `always`.
   */
  readonly refresh?: "always" | "if-missing" | undefined;
  /** How long a branch that is in the cache waits for the Hub's word, in ms, before the cache's is taken. Default 5000. */
  readonly refreshTimeoutMs?: number | undefined;
  /** Fetch everything anew, whatever is here. */
  readonly force?: boolean | undefined;
  /** Connections at once, 1 to 64. Default 8. */
  readonly connections?: number | undefined;
  /**
   * Folders that models may lie in: the destination is checked before the first byte, every file (through its links)
   * after the last. Default: any.
   */
  readonly trustedModelDirectories?: readonly string[] | undefined;
  readonly onEvent?: OnEngineEvent | undefined;
}

/** How a model is held against this machine before it is loaded. */
export interface FitOptions {
  /**
   * `warn`: say as an event that it will not fit into memory or that mlx-lm cannot load it, and go on; `refuse`: throw
   * before the first weight is fetched; `off`: do not look. Looking takes about ten small requests for a model that is
   * not here, none for one that is. Default `warn`.
   */
  readonly fit?: "off" | "warn" | "refuse" | undefined;
  /** Tokens that the context is to hold. Default: 8192, or what the model can when that is less. */
  readonly contextLength?: number | undefined;
  /** Bytes that the GPU may use. Default: this machine's limit. */
  readonly memoryLimitBytes?: number | undefined;
}
