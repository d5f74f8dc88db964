import type { RepoType } from "../names/repo-id.ts";
import type { View } from "../records/view-record.ts";

/** Why something that a plan could have taken stays. */
export type KeepReason =
  /** It is pinned. */
  | "pinned"
  /** The lock of a project names it. */
  | "locked"
  /** It came less than a day ago. */
  | "young"
  /** It is among the newest that were to be kept. */
  | "newest"
  /** A download into this repo is running. */
  | "downloading"
  /** A program has loaded it, or another model of this repo. */
  | "loaded"
  /** The repo's folder is a link to another disk. */
  | "elsewhere"
  /** Its bytes have another name by a hard link, so nothing would be freed. */
  | "linked"
  /** It was used, or got a ref, after the plan was made. */
  | "used";

/** A revision that stays (`commit` null: the whole repo). */
export interface KeptRevision {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly commit: string | null;
  readonly reason: KeepReason;
}

/** A revision that goes. */
export interface RevisionRemoval {
  readonly commit: string;
  readonly refs: readonly string[];
  /** Bytes, of which other revisions may share some. */
  readonly sizeOnDisk: number;
  /** Unix time in ms. */
  readonly usedAt: number;
}

/** An unused file: left by a killed run, or a blob that no snapshot names. */
export interface Leftover {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
}

/** The parts of one repo to remove. */
export interface RepoRemoval {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly path: string;
  /** The whole folder goes, with its locks. */
  readonly whole: boolean;
  /**
   * The place of the files when the folder is a link. With `whole` only that link is removed then.
   */
  readonly elsewhere: string | null;
  readonly revisions: readonly RevisionRemoval[];
  /** Single files of snapshots that stay. */
  readonly files: readonly { readonly commit: string; readonly path: string }[];
  readonly leftovers: readonly Leftover[];
  /** Expected, in bytes, without the shared store's. */
  readonly freedBytes: number;
  /** Bytes that live on under another name: hard-linked views. */
  readonly heldBytes: number;
  /** Who else has these files. */
  readonly views: readonly View[];
}

/** The removals and the revisions that stay, as a value. Making it changes nothing. */
export interface RemovalPlan {
  readonly cacheDir: string;
  readonly repos: readonly RepoRemoval[];
  readonly kept: readonly KeptRevision[];
  /** Payloads of the shared store that no repo will lead to. */
  readonly payloads: readonly Leftover[];
  /** Expected, in bytes. */
  readonly freedBytes: number;
  /** Revisions that were used, or got a ref, after the plan was made stay. */
  readonly careful: boolean;
}
