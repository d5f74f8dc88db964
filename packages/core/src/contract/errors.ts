import type { CacheErrorCode } from "@mlx-download/cache";

/** Every code that this package's functions can fail with. Each has a heading in docs/reference/errors.md. */
export type ErrorCode =
  | CacheErrorCode
  | "ref/invalid"
  | "ref/unsupported-repo-type"
  | "settings/invalid"
  | "hub/unauthorized"
  | "hub/gated"
  | "hub/forbidden"
  | "hub/disabled"
  | "hub/repo-not-found"
  | "hub/revision-not-found"
  | "hub/entry-not-found"
  | "hub/rate-limited"
  | "hub/unreachable"
  | "hub/unavailable"
  | "hub/bad-response"
  | "hub/redirect-loop"
  | "hub/unsafe-tree"
  | "offline/not-cached"
  | "login/denied"
  | "login/expired"
  | "login/failed"
  | "select/no-match"
  | "card/not-found"
  | "collection/not-found"
  | "collection/invalid"
  | "inspect/no-config"
  | "inspect/no-folder"
  | "review/does-not-fit"
  | "review/cannot-load"
  | "review/not-trusted"
  | "disk/insufficient"
  | "disk/full"
  | "transfer/checksum-mismatch"
  | "transfer/size-mismatch"
  | "transfer/interrupted"
  | "transfer/stalled"
  | "transfer/refused"
  | "python/not-found"
  | "python/unsupported"
  | "python/no-hub-client"
  | "python/no-mlx-lm"
  | "python/crashed"
  | "python/unresponsive"
  | "python/protocol"
  | "python/failed";

/** The contents of an error beside its message. */
export interface ModelDownloadErrorDetails {
  /** The next step, one sentence. */
  readonly hint: string;
  readonly repoId?: string | undefined;
  /** JSON-safe facts that the code promises (status, path, expected, actual, requestId …). URLs are redacted. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package: told apart by `code`, with the next step in `hint`. */
export class ModelDownloadError extends Error {
  override readonly name = "ModelDownloadError";
  readonly code: ErrorCode;
  readonly hint: string;
  readonly repoId: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, code: ErrorCode, details: ModelDownloadErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.repoId = details.repoId;
    this.data = details.data ?? {};
  }
}
