import type { RepoRef } from "./ref.ts";

/** A file that the caller knows to the byte. */
export interface KnownFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Of the content, 64 hex digits. */
  readonly sha256: string;
  /** The hash by which git names the content, 40 hex digits. Only files outside of LFS have it: the Hub names them so. */
  readonly gitSha1?: string | undefined;
}

/**
 * A snapshot whose files the caller knows, from a lock for one. Downloading it asks a Hub for nothing but bytes. Where
 * the commit is gone from the Hub, the same bytes are looked for at `revision` and on this disk. The ref of `revision`
 * is written only where the cache has none, and no listing is: that the files are all of the commit is not known.
 */
export interface KnownSnapshot extends RepoRef {
  /** 40 hex digits. */
  readonly commit: string;
  /** The wanted files, at least one. */
  readonly files: readonly KnownFile[];
}

/** Whether a ref brings its files along. */
export function isKnownSnapshot(ref: string | RepoRef): ref is KnownSnapshot {
  return typeof ref === "object" && ref !== null && "files" in ref && "commit" in ref;
}
