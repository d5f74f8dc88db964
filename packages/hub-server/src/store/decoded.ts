/** The text of a part of an address. One that is not encoded as the RFC says is taken as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
