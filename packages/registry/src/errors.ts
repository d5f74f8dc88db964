/** Every code that this package's functions can fail with. Each has a heading in docs/reference/errors.md. */
export type RegistryErrorCode =
  | "registry/invalid-query"
  | "registry/no-catalogue"
  | "registry/read-only"
  | "registry/newer"
  | "registry/busy"
  | "registry/unavailable"
  | "registry/sync-elsewhere"
  | "registry/bad-listing"
  | "lock/invalid"
  | "lock/conflict"
  | "lock/version"
  | "lock/tampered"
  | "lock/out-of-date"
  | "lock/no-manifest"
  | "lock/no-lock"
  | "lock/unknown-alias"
  | "lock/alias-taken";

/** The parts of an error beside its message and code. */
export interface RegistryErrorDetails {
  /** The next step, one sentence. */
  readonly hint: string;
  /** JSON-safe facts that the code promises. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package: told apart by `code`, with the next step in `hint`. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, code: RegistryErrorCode, details: RegistryErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}
