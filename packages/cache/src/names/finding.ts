/**
 * The kinds of findings about a path.
 * - `no-cache`: there is no cache folder.
 * - `not-a-repo`: an entry of the cache root that no client put there.
 * - `unreadable`: this user may not read it.
 * - `shared-commit`: two repo folders hold one commit, which Python's `hf cache rm` and `prune` mix
 *   up.
 * - `no-snapshots`: the repo has none.
 * - `stray-file`: a file where only folders belong, or the other way round.
 * - `not-a-commit`: a snapshot folder of another name.
 * - `bad-ref`: a ref that is not exactly 40 hex digits.
 * - `missing-commit`: a ref to a snapshot that is not here.
 * - `dangling-link`: a link to a missing blob.
 * - `outside-link`: a link that leaves the repo folder.
 * - `planted-link`: a link where a folder belongs.
 * - `odd-blob-name`: a blob not named by a digest.
 * - `wrong-size`: a file shorter or longer than in the recorded listing.
 * - `unreferenced-blob`: no snapshot needs it.
 * - `leftover`: a temporary file of a run that ended too early.
 * - `unfinished-download`: the next run continues from it.
 * - `quarantined`: damaged data that a repair moved aside.
 */
export type FindingCode =
  | "no-cache"
  | "not-a-repo"
  | "unreadable"
  | "shared-commit"
  | "no-snapshots"
  | "stray-file"
  | "not-a-commit"
  | "bad-ref"
  | "missing-commit"
  | "dangling-link"
  | "outside-link"
  | "planted-link"
  | "odd-blob-name"
  | "wrong-size"
  | "unreferenced-blob"
  | "leftover"
  | "unfinished-download"
  | "quarantined";

/** One thing worth knowing about a path in the cache. */
export interface Finding {
  readonly code: FindingCode;
  /** Absolute. */
  readonly path: string;
  /** One sentence without the path. */
  readonly message: string;
  /** For removable data: its bytes on the disk. */
  readonly sizeOnDisk?: number | undefined;
  /** For removable data: the time of the last write, Unix time in ms. */
  readonly lastModifiedAt?: number | undefined;
}
