import { ModelDownloadError } from "../contract/errors.ts";

const hints = {
  "login/denied":
    "Log in again and agree in the browser, or create a token and log in with it (`token`).",
  "login/expired": "Log in again and confirm the code before it expires.",
  "login/failed":
    "Try again later. A token from the Hub's settings page works without this way of logging in.",
} as const;

/** The error of a login that did not come to be, with its next step. */
export function loginError(
  code: keyof typeof hints,
  message: string,
  details: { readonly data?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
): ModelDownloadError {
  return new ModelDownloadError(message, code, { hint: hints[code], ...details });
}
