/**
 * Makes outside text safe for a terminal: control characters (including escape sequences) and
 * characters that change the reading direction become `?`.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, "?");
}
