import type { RepoType } from "../names/repo-id.ts";

/** A file of a snapshot. Of a local dir whose repo was not named, `repoId` is empty. */
export interface VerifiedFile {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly commit: string;
  /** As in the repo. */
  readonly path: string;
}

/** A file that is not what it should be. */
export interface BadFile extends VerifiedFile {
  /** Where its bytes lie (the snapshot entry's first hop), absolute. */
  readonly blob: string;
  /** `sha256:…` or `git-sha1:…`. */
  readonly expected: string;
  /** The same of what is there; null when it was not computed (`quick`) or cannot be read. */
  readonly actual: string | null;
  /** `header`: a safetensors header that does not fit the file; `unreadable`: the disk gives an error. */
  readonly reason: "digest" | "size" | "header" | "unreadable";
  /** What is wrong, one sentence. */
  readonly message: string;
  /** The bytes that are there, and that should be where a listing says so. */
  readonly size: number;
  readonly expectedSize: number | null;
  /** The first 4 MiB that are damaged, where a record of the blob's beginnings tells; there may be more behind. */
  readonly damage: { readonly start: number; readonly end: number } | null;
}

/** A file that the snapshot should have. */
export interface MissingFile extends VerifiedFile {
  /** `absent`: the listing names it, and it was perhaps never asked for; `dangling`: its entry is there, its bytes are gone. */
  readonly reason: "absent" | "dangling";
}

/** A file without a digest to verify it by, or one that this user may not read. */
export interface UnprovenFile extends VerifiedFile {
  readonly reason: "no-digest" | "not-readable";
}

/** What a verification found. */
export interface VerifyReport {
  /** Files looked at. */
  readonly checked: number;
  /** Bytes read to prove them; a blob that several files share is read once. */
  readonly bytes: number;
  /** Bytes that an interrupted run verified less than a day ago, and that were not read again. */
  readonly bytesKnown: number;
  readonly bad: readonly BadFile[];
  readonly missing: readonly MissingFile[];
  readonly unproven: readonly UnprovenFile[];
  /** Repos of which not one file was verified: everything is gone, or nothing says what it should be. */
  readonly unverified: readonly Pick<VerifiedFile, "repoId" | "repoType">[];
}

/** What a verification says while it works; every event has its time, Unix ms. */
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
) & { readonly at: number };
