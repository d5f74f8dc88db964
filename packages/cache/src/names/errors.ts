/**
 * Every code that this package's functions can fail with. Each has a heading in
 * docs/reference/errors.md.
 */
export type CacheErrorCode =
  | "cache/invalid-repo-id"
  | "cache/invalid-revision"
  | "cache/unsafe-path"
  | "cache/invalid-digest"
  | "cache/not-found"
  | "cache/locked"
  | "cache/pinned"
  | "cache/removed-meanwhile"
  | "cache/invalid-filter"
  | "cache/bad-archive"
  | "cache/not-ours"
  | "cache/exists"
  | "cache/size-mismatch"
  | "cache/digest-mismatch"
  | "cache/disk-full"
  | "cache/not-writable"
  | "cache/not-readable"
  | "cache/disk-unavailable"
  | "cache/no-home"
  | "cache/damaged";

/** The fields of an error beside its message and code. */
export interface CacheErrorDetails {
  /** The next step, one sentence. */
  readonly hint: string;
  /** JSON-safe facts that the code promises (path, expected, actual …). */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package: told apart by `code`, with the next step in `hint`. */
export class CacheError extends Error {
  override readonly name = "CacheError";
  readonly code: CacheErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, code: CacheErrorCode, details: CacheErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}
