/**
 * A Hub token, the token of a login in the browser, or a bearer credential. Names of the Hub's own programs that begin
 * like a token stay (`hf_transfer`, `hf_hub_download`). Tokens have 34 letters and digits: 8 also find one that was cut.
 */
const SECRET =
  /\bhf_oauth_[\w.-]+|\bhf_(?!(?:transfer|inference|file_system|raise_for_status)\b|hub_|xet_)\w{8,}|\bBearer\s+[^\s"']+/g;

/** `text` with a replacement for every token and bearer credential. */
export function replaceSecrets(
  text: string,
  replacement: string | ((secret: string) => string),
): string {
  return typeof replacement === "string"
    ? text.replaceAll(SECRET, () => replacement)
    : text.replaceAll(SECRET, replacement);
}
