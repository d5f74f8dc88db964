import type { DownloadOptions, HubOptions, SelectionOptions } from "@mlx-download/core";
import type { OnEngineEvent } from "./events.ts";

/** Options of everything here that takes a ref: those of a download, and how to treat what is here already. */
export interface EnsureOptions
  extends
    Omit<HubOptions, "onEvent">,
    SelectionOptions,
    Pick<
      DownloadOptions,
      "force" | "connections" | "limitRate" | "backend" | "trust" | "fit" | "requireFit"
    > {
  /**
   * Branches and tags: `always` asks the Hub where they point now (one request; the cache answers when the Hub is
   * away), `if-missing` asks only when the cache has no complete snapshot. Commits are never asked about. Default `always`.
   */
  readonly refresh?: "always" | "if-missing" | undefined;
  /** How long a branch that is in the cache waits for the Hub's word, in ms, before the cache's is taken. Default 5000. */
  readonly refreshTimeoutMs?: number | undefined;
  /**
   * Folders that models may lie in: the destination is checked before the first byte, every file (through its links)
   * after the last. Default: any.
   */
  readonly trustedModelDirectories?: readonly string[] | undefined;
  readonly onEvent?: OnEngineEvent | undefined;
}

/**
 * Options of everything that loads a model. It is held against this machine (`fit` says for what context and which
 * machine) before its weights are fetched: with `requireFit` a model that does not fit, or that mlx-lm does not load, is
 * refused, else a `warning` says so. That takes about ten small requests for a model that is not here, none for one that
 * is.
 */
export interface LoadOptions extends EnsureOptions {
  /** False: do not look whether the model fits. */
  readonly checkFit?: boolean | undefined;
}
