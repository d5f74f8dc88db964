import type { RepoType, SnapshotFile } from "@mlx-download/cache";

/** One repo at one commit: every file with size and digest. */
export interface Snapshot {
  readonly repoId: string;
  /** Default: a model. */
  readonly repoType?: RepoType | undefined;
  /** As asked for. */
  readonly revision: string;
  readonly commit: string;
  readonly files: readonly SnapshotFile[];
}
