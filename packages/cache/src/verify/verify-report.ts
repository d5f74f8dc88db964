import type { RepoType } from "../names/repo-id.ts";
import type { View } from "../records/view-record.ts";

/** A file of a snapshot. Of a local dir whose repo was not named, `repoId` is empty. */
export interface VerifiedFile {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly commit: string;
  /** As in the repo. */
  readonly path: string;
}

/** A file with wrong content. */
export interface BadFile extends VerifiedFile {
  /** Where its bytes lie (the snapshot entry's first hop), absolute. */
  readonly blob: string;
  /** `sha256:…` or `git-sha1:…`. */
  readonly expected: string;
  /** The same for the actual file. Null when it was not computed (`quick`) or cannot be read. */
  readonly actual: string | null;
  /**
   * `header`: a safetensors header that does not fit the file. `unreadable`: the disk gives an
   * error.
   */
  readonly reason: "digest" | "size" | "header" | "unreadable";
  /** The fault in one sentence. */
  readonly message: string;
  /** The bytes that are there, and that should be where a listing says so. */
  readonly size: number;
  readonly expectedSize: number | null;
  /**
   * The first damaged 4 MiB, when a record of the blob's beginnings locates them. More may follow.
   */
  readonly damage: { readonly start: number; readonly end: number } | null;
}

/** A file that the snapshot should have. */
export interface MissingFile extends VerifiedFile {
  /**
   * `absent`: the listing names it, and it was perhaps never downloaded. `dangling`: its entry is
   * there, its bytes are missing.
   */
  readonly reason: "absent" | "dangling";
}

/** A file without a digest to verify it by, or one that this user may not read. */
export interface UnprovenFile extends VerifiedFile {
  readonly reason: "no-digest" | "not-readable";
}

/** A view of a verified commit that no longer is what it was made as. `makeView` makes it again. */
export interface DamagedView extends View {
  readonly repoId: string;
  readonly repoType: RepoType;
  /** Its files that are gone. Without its manifest that is the manifest itself. */
  readonly missing: readonly string[];
  /** Its files with other content. */
  readonly bad: readonly string[];
}

/** The result of a verification. */
export interface VerifyReport {
  /** Files looked at. */
  readonly checked: number;
  /** Bytes read to verify the files. A blob shared by several files is read once. */
  readonly bytes: number;
  /** Bytes that an interrupted run verified less than a day ago, and that were not read again. */
  readonly bytesKnown: number;
  readonly bad: readonly BadFile[];
  readonly missing: readonly MissingFile[];
  readonly unproven: readonly UnprovenFile[];
  /**
   * Repos of which not one file was verified: all files are missing, or their expected content is
   * unknown.
   */
  readonly unverified: readonly Pick<VerifiedFile, "repoId" | "repoType">[];
  /** Views with missing or wrong files. */
  readonly views: readonly DamagedView[];
}

/** The events of a verification. Every event has its time in Unix ms. */
export type VerifyEvent = (
  | { readonly type: "verify-started"; readonly files: number; readonly bytes: number }
  | {
      readonly type: "verify-progress";
      readonly files: number;
      readonly filesDone: number;
      readonly bytes: number;
      readonly bytesDone: number;
    }
  | ({ readonly type: "verify-bad" } & BadFile)
  | ({ readonly type: "verify-view" } & DamagedView)
) & { readonly at: number };
