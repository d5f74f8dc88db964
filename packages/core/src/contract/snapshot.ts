import type { RepoType, SnapshotFile } from "@mlx-download/cache";

/**
 * A file that the Hub lists with its size but without its digest, as it does for the large files of a gated repo when
 * the account that asks has no access.
 */
export interface WithheldFile {
  readonly path: string;
  /** Bytes of the content. */
  readonly size: number;
  /** The git object id (of the LFS pointer), where that is told. */
  readonly blobId: string | undefined;
}

/** One repo at one commit: every file with size and digest. */
export interface Snapshot {
  readonly repoId: string;
  /** Default: a model. */
  readonly repoType?: RepoType | undefined;
  /** As asked for. */
  readonly revision: string;
  readonly commit: string;
  /** All of them, unless some are {@link Snapshot.withheld}. */
  readonly files: readonly SnapshotFile[];
  /** Not empty: there is no access, and besides the public files nothing of the repo can be fetched. */
  readonly withheld?: readonly WithheldFile[] | undefined;
  /**
   * Whether a Hub says so (default), now or when the cache was filled, or only the caller. Other programs rely on the records
   * of the cache: of the caller's word it records no listing, and moves no ref.
   */
  readonly isVouched?: boolean | undefined;
}
