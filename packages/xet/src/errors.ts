/** Every code that this package's functions can fail with. Each has a heading in docs/reference/errors.md. */
export type XetErrorCode =
  | "xet/invalid-hash"
  | "xet/malformed-xorb"
  | "xet/malformed-shard"
  | "xet/invalid-reconstruction"
  | "xet/hash-mismatch"
  | "xet/invalid-sidecar"
  | "xet/unauthorized"
  | "xet/not-found"
  | "xet/rate-limited"
  | "xet/unavailable"
  | "xet/bad-response";

/** The parts of an error beside its message and code. */
export interface XetErrorDetails {
  /** The next step, one sentence. */
  readonly hint: string;
  /** JSON-safe facts that the code promises (xorb, chunk, byte, fault …). Never a signed URL. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package: told apart by `code`, with the next step in `hint`. */
export class XetError extends Error {
  override readonly name = "XetError";
  readonly code: XetErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, code: XetErrorCode, details: XetErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}
