import type { Failure } from "./contract.ts";

/** Codes of failures that are the page's own. */
export type WebErrorCode =
  | "web/port-taken"
  | "web/refused"
  | "web/no-token"
  | "web/bad-request"
  | "web/no-such-download"
  | "web/no-state";

/** A failure of the page's server: told apart by `code`, with the next step in `hint`. */
export class WebError extends Error {
  override readonly name = "WebError";
  readonly code: WebErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(
    message: string,
    code: WebErrorCode,
    details: {
      readonly hint: string;
      readonly data?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}

/** The error of a request whose body or parameters cannot be meant. */
export function badRequest(message: string, hint: string): WebError {
  return new WebError(message, "web/bad-request", { hint });
}

/** An error for the page: coded ones in their own words, others by their message. Never a stack. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message || error.name : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const hint = error instanceof Error && "hint" in error ? String(error.hint) : "";
  return code.includes("/")
    ? { code, message, hint }
    : { code: "unexpected", message, hint: "Look at the terminal in which mlx-download runs." };
}
