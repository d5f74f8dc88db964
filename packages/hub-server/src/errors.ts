/**
 * Every code that this package's functions can fail with. Each has a heading in
 * docs/reference/errors.md.
 */
export type HubServerErrorCode =
  | "hub-server/cannot-listen"
  | "hub-server/no-store"
  | "hub-server/invalid-repo";

/** The one error class of this package: told apart by `code`, with the next step in `hint`. */
export class HubServerError extends Error {
  override readonly name = "HubServerError";
  readonly code: HubServerErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(
    message: string,
    code: HubServerErrorCode,
    details: { hint: string; data?: Readonly<Record<string, unknown>>; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}
