/** Every code of this package's own. A download fails with the codes of `@mlx-download/core`. */
export type EngineAdapterErrorCode =
  | "engine/local-model-not-found"
  | "engine/unsafe-path"
  | "engine/untrusted-path"
  | "engine/invalid-input"
  | "engine/already-hooked"
  | "engine/adapter-unsupported"
  | "engine/draft-unsupported"
  | "engine/draft-is-model"
  | "engine/start-failed"
  | "engine/not-answering"
  | "engine/refused";

/** The contents of an error beside its message and code. */
export interface EngineAdapterErrorDetails {
  /** The next step, one sentence. */
  readonly hint: string;
  /** JSON-safe facts that the code promises (path, model, engine …). */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package: told apart by `code`, with the next step in `hint`. */
export class EngineAdapterError extends Error {
  override readonly name = "EngineAdapterError";
  readonly code: EngineAdapterErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, code: EngineAdapterErrorCode, details: EngineAdapterErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}
