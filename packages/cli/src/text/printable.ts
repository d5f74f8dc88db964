/**
 * Text from outside made safe for a terminal: control characters (escape sequences with them) and characters that
 * change the reading direction become `?`.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, "?");
}
