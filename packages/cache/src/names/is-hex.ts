/**
 * Whether the text is exactly `length` lower-case hex digits. It is a loop because a scan calls it
 * a hundred thousand times.
 */
export function isHex(text: string, length: number): boolean {
  if (text.length !== length) return false;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}
