import { XetError } from "../errors.ts";
import { ask, type XetFetch } from "./ask.ts";

/** The token that opens the storage for one repo at one revision. */
export interface XetToken {
  readonly accessToken: string;
  /** When it ends, in ms since 1970. */
  readonly expiresAt: number;
  /** The storage's address, without a slash at its end. */
  readonly casUrl: string;
}

/** The tokens of one repo at one revision, as many files as there are. */
export interface XetTokens {
  /**
   * A token that is good for another minute, or half of its life when that is shorter. Callers at the same time share one request, and a failed one is not kept.
   * `refused`: one that the storage did not accept. A new one is asked for. Throws `xet/unauthorized` and the like.
   */
  get(options?: { readonly refused?: XetToken; readonly signal?: AbortSignal }): Promise<XetToken>;
}

/** Whose tokens. */
export interface XetTokensOptions {
  /** Address of the Hub: `https://huggingface.co`. */
  readonly endpoint: string;
  readonly repoType?: "model" | "dataset" | "space";
  readonly repoId: string;
  readonly revision: string;
  /** The Hub's own token. It goes to the endpoint and nowhere else. */
  readonly token?: string | undefined;
  readonly fetch: XetFetch;
  /** ms since 1970. */
  readonly now?: () => number;
}

const REFRESH_BEFORE_MS = 60_000;
// A token that ended before it came: one of the two clocks is wrong, and the storage will say when it really ends.
const BLIND_MS = 30_000;
const MOST_CHARACTERS = 64_000;

/** Tokens by the Hub's route `xet-read-token` (hub-docs, docs/xet/auth.md). */
export function createXetTokens(options: XetTokensOptions): XetTokens {
  const { endpoint, repoType = "model", repoId, revision, token, fetch } = options;
  const now = options.now ?? Date.now;
  const repo = repoId.split("/").map(encodeURIComponent).join("/");
  const base = endpoint.replace(/\/+$/u, "");
  const url = `${base}/api/${repoType}s/${repo}/xet-read-token/${encodeURIComponent(revision)}`;
  let current: XetToken | undefined;
  let goodUntil = 0;
  let pending: Promise<XetToken> | undefined;

  const request = async (): Promise<XetToken> => {
    const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const answer = await ask(fetch, { url, headers, phase: "token" });
    const found = parseToken(answer.text, answer.headers, url);
    const lifetime = found.expiresAt - now();
    const early = Math.min(REFRESH_BEFORE_MS, lifetime / 2);
    goodUntil = now() + (lifetime > 0 ? lifetime - early : BLIND_MS);
    return (current = found);
  };
  return {
    async get({ refused, signal } = {}) {
      signal?.throwIfAborted();
      const good = current !== undefined && now() < goodUntil;
      if (current !== undefined && good && current.accessToken !== refused?.accessToken) {
        return current;
      }
      // All callers share the request: one caller's abort must not end it.
      pending ??= request().finally(() => (pending = undefined));
      return unlessAborted(pending, signal);
    },
  };
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** From the body, or from headers that say the same: some servers send only one of the two. */
function parseToken(
  text: string,
  headers: { get(name: string): string | null },
  url: string,
): XetToken {
  let body: Readonly<Record<string, unknown>> = {};
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null) body = json as typeof body;
  } catch {
    // The headers may still say it.
  }
  const accessToken = body["accessToken"] ?? headers.get("x-xet-access-token");
  const casUrl = body["casUrl"] ?? headers.get("x-xet-cas-url");
  const seconds = Number(body["exp"] ?? headers.get("x-xet-token-expiration") ?? Number.NaN);
  const usable =
    typeof accessToken === "string" &&
    /^[\x21-\x7e]+$/u.test(accessToken) &&
    accessToken.length <= MOST_CHARACTERS &&
    typeof casUrl === "string" &&
    casUrl.length <= MOST_CHARACTERS &&
    isStorageAddress(casUrl) &&
    Number.isSafeInteger(seconds);
  if (!usable) {
    throw new XetError(`${new URL(url).host} gave no usable Xet token`, "xet/bad-response", {
      hint: "This endpoint may not offer Xet storage: fetch the file by the plain route.",
      data: { phase: "token", host: new URL(url).host },
    });
  }
  return { accessToken, expiresAt: 1000 * seconds, casUrl: casUrl.replace(/\/+$/u, "") };
}

/** https, or http to this machine. */
function isStorageAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  const local = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|[^.]+\.localhost)$/u.test(hostname);
  return username === "" && (protocol === "https:" || (protocol === "http:" && local));
}
