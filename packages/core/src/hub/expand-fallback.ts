import { ModelDownloadError } from "../contract/errors.ts";

/**
 * Asks with `expand` in the query as the Hub wants it, and without it where a server answers 400 or 404 without an
 * error code (some mirrors do not know the parameter). A parameter that a server does not know is not sent to it again.
 * Throws the error of the first question when the second fails too.
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
