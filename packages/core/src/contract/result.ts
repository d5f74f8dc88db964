import type { LeftOut } from "./left-out.ts";

/** How a file got there. `copied` is from this disk. */
export type FileStatus = "cached" | "resumed" | "copied" | "fetched";

/** One file of a finished download. */
export interface FileResult {
  readonly path: string;
  readonly size: number;
  /** `sha256:<hex>` or `git-sha1:<hex>`. */
  readonly digest: string;
  readonly status: FileStatus;
}

/** The bytes of one source. */
export interface SourceBytes {
  /** A Hub by its host, a neighbour as `peer host:port`. */
  readonly name: string;
  /** Body bytes, those among them that were fetched twice. */
  readonly bytes: number;
}

/**
 * The result of a finished download. Bytes are integers. `total = cached + resumed + copied + fetched` holds in sum,
 * and per file by `size` and the file's parts.
 */
export interface DownloadResult {
  readonly repoId: string;
  /** As asked for (`main` when nothing was said). */
  readonly revision: string;
  readonly commit: string;
  /** Absolute path of the snapshot folder, or of the local dir. */
  readonly path: string;
  /** True when no byte had to be fetched or copied. */
  readonly fromCache: boolean;
  readonly durationMs: number;
  readonly bytes: {
    readonly total: number;
    readonly cached: number;
    readonly resumed: number;
    readonly copied: number;
    readonly fetched: number;
    /** Body bytes received, retries included. */
    readonly wire: number;
    /** What of `copied` and `fetched` did not come over the wire: copies, and bytes that Xet storage sent packed. */
    readonly saved: number;
  };
  /** The sources of the fetched bytes, where several could be asked. Empty where there was only one. */
  readonly sources: readonly SourceBytes[];
  readonly files: readonly FileResult[];
  /** The files that the selection left out. */
  readonly leftOut: LeftOut;
}
