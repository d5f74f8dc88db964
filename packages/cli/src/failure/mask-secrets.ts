import { replaceSecrets } from "@mlx-download/core/secrets";

/** `hf_…abcd`: enough to recognize a token, not enough to use it. */
function masked(token: string): string {
  if (/^Bearer\s/.test(token)) return "Bearer …";
  return `${token.startsWith("hf_") ? "hf_" : ""}…${token.length >= 16 ? token.slice(-4) : ""}`;
}

/**
 * `text` with every Hub token, bearer credential, password in a URL and signed query hidden.
 * `known` lists further secrets of any form.
 */
export function maskSecrets(text: string, known: readonly (string | undefined)[] = []): string {
  let result = text;
  for (const secret of known) {
    if (secret !== undefined && secret.length >= 4)
      result = result.replaceAll(secret, masked(secret));
  }
  return replaceSecrets(result, masked)
    .replaceAll(/\b(Bearer|Basic)\s+(?!hf_…)[^\s"',]+/gi, "$1 …")
    .replaceAll(/(https?:\/\/)[^\s/@]+@/gi, "$1…@")
    .replaceAll(
      /([?&](?:Signature|Policy|Key-Pair-Id|X-Amz-[A-Za-z-]+|token|sig|xip|user_id)=)[^\s&"']+/gi,
      "$1…",
    );
}
