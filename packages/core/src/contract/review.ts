import type { Fit, LoadVerdict, Machine, SecurityLook } from "@mlx-download/fit";

/** The findings of a review of a planned download, before its first byte. JSON-safe. */
export interface DownloadReview {
  readonly commit: string;
  /** Null for a repo without a config to describe it by. */
  readonly fit: Fit | null;
  readonly loads: LoadVerdict | null;
  /** Of the selected files alone. */
  readonly security: SecurityLook;
  readonly machine: Machine;
}
