import { ModelDownloadError } from "../contract/errors.ts";

/**
 * Asks with `expand` in the query as the Hub wants it, and without where a server answers 400 or 404 to that and has no
 * code to say why (some mirrors know no such parameter). What a server turned out not to know is not sent to it again.
 * Throws what the first question threw when the second fails too.
 */
export function createExpandFallback(): <T>(
  url: URL,
  question: (url: URL) => Promise<T>,
) => Promise<T> {
  let isUnknown = false;
  return async (url, question) => {
    if (!url.searchParams.has("expand")) return question(url);
    const plain = new URL(url);
    plain.searchParams.delete("expand");
    if (isUnknown) return question(plain);
    try {
      return await question(url);
    } catch (error) {
      if (!mayBeExpand(error)) throw error;
      const answer = await question(plain).catch(() => undefined);
      if (answer === undefined) throw error;
      isUnknown = true;
      return answer;
    }
  };
}

function mayBeExpand(error: unknown): boolean {
  if (!(error instanceof ModelDownloadError)) return false;
  const { status, errorCode } = error.data;
  return (status === 400 || status === 404) && errorCode === undefined;
}
