/** Codes of failures that are the command line's own. */
export type CliErrorCode =
  | "cli/usage"
  | "cli/confirmation-needed"
  | "cli/ambiguous-name"
  | "cli/not-cached"
  | "cli/nothing-fits"
  | "cli/not-logged-in"
  | "cli/not-set"
  | "cli/no-keychain"
  | "cli/config-invalid"
  | "cli/cache-limit"
  | "cli/some-failed"
  | "cli/output-failed"
  | "cli/not-started"
  | "cli/interrupted"
  | "cli/hung-up"
  | "cli/terminated";

/** A failure of the command line itself: told apart by `code`, with the next step in `hint`. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(
    message: string,
    code: CliErrorCode,
    details: { readonly hint: string; readonly data?: Readonly<Record<string, unknown>> },
  ) {
    super(message);
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}
