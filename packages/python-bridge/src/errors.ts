import type { BackendError, BackendFailure, ErrorCode } from "@mlx-download/core";

/** The error codes for Python itself. */
export type PythonErrorCode = Extract<ErrorCode, `python/${string}`>;

/**
 * A failure of Python or behind it. `failure` describes the error of the Hub's client (core makes its coded errors from
 * it). `code` is that of the failure where it has one, otherwise `python/failed`.
 */
export class PythonBridgeError extends Error implements BackendError {
  override readonly name = "PythonBridgeError";
  readonly code: string;
  /** The next step, one sentence. */
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly failure: BackendFailure;

  constructor(failure: BackendFailure) {
    super(messageOf(failure));
    this.failure = failure;
    const coded = failure.kind === "coded";
    this.code = coded ? failure.code : "python/failed";
    this.hint = coded ? failure.hint : "The failure tells more.";
    this.data = coded ? (failure.data ?? {}) : { failure };
  }
}

function messageOf(failure: BackendFailure): string {
  return failure.kind === "answer" ? `the Hub answered ${failure.status}` : failure.message;
}

/** An error of Python itself. */
export function pythonError(
  code: PythonErrorCode,
  message: string,
  details: { readonly hint: string; readonly data?: Readonly<Record<string, unknown>> },
): PythonBridgeError {
  return new PythonBridgeError({ kind: "coded", code, message, ...details });
}
