import type { DownloadOptions, HubOptions, SelectionOptions } from "@mlx-download/core";
import type { OnEngineEvent } from "./events.ts";

/** Options of all functions here that take a ref: those of a download, and how to treat local copies. */
export interface EnsureOptions
  extends
    Omit<HubOptions, "onEvent">,
    SelectionOptions,
    Pick<
      DownloadOptions,
      "force" | "connections" | "limitRate" | "backend" | "trust" | "fit" | "requireFit"
    > {
  /**
   * Branches and tags: `always` asks the Hub for their current commit (one request, answered by the cache when the Hub
   * is away), `if-missing` asks only when the cache has no complete snapshot. A commit needs no question. Default
   * `always`.
   */
  readonly refresh?: "always" | "if-missing" | undefined;
  /** How long a branch that is in the cache waits for the Hub's word, in ms, before the cache's is taken. Default 5000. */
  readonly refreshTimeoutMs?: number | undefined;
  /**
   * Folders that models may lie in: the destination is checked before the first byte, every file (through its links)
   * after the last. Default: any.
   */
  readonly trustedModelDirectories?: readonly string[] | undefined;
  /**
   * Where a word without a slash is looked up as an alias: the nearest project from this folder upwards, `false` for
   * nowhere. Default: the folder of the process.
   */
  readonly project?: string | false | undefined;
  readonly onEvent?: OnEngineEvent | undefined;
}

/**
 * Options of all functions that load a model. It is checked against this machine (`fit` gives the context and the
 * machine) before its weights are fetched. With `requireFit` a model that does not fit, or that mlx-lm does not load,
 * is refused. Otherwise a `warning` says so. The check takes about ten small requests for a model that is not here, and
 * none for one that is.
 */
export interface LoadOptions extends EnsureOptions {
  /** False: do not look whether the model fits. */
  readonly checkFit?: boolean | undefined;
}
