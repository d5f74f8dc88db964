/** Every code that this package's functions can fail with. Each has a heading in docs/reference/errors.md. */
export type FitErrorCode =
  | "fit/invalid-config"
  | "fit/invalid-header"
  | "fit/invalid-option"
  | "fit/kv-bits-unsupported";

/** The parts of an error beside its message and code. */
export interface FitErrorDetails {
  /** The next step, one sentence. */
  readonly hint: string;
  /** JSON-safe facts that the code promises. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package: told apart by `code`, with the next step in `hint`. */
export class FitError extends Error {
  override readonly name = "FitError";
  readonly code: FitErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, code: FitErrorCode, details: FitErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}
