import { XetError, type XetErrorCode } from "../errors.ts";

/**
 * The part of `fetch` that is used: the body is decoded. The caller that passes it sets its limits of time and length.
 * Redirects must not carry `authorization` to another host.
 */
export type XetFetch = (
  url: string,
  init: {
    readonly headers: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  },
) => Promise<XetAnswer>;

/** The part of a `Response` that is used. */
export interface XetAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** A request and its address. */
export interface Question {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For errors: `token` (the Hub) or `reconstruction` (the storage). */
  readonly phase: "token" | "reconstruction";
  readonly signal?: AbortSignal | undefined;
}

/** An answer that shown yes. */
export interface GoodAnswer {
  readonly text: string;
  readonly headers: XetAnswer["headers"];
}

const SHOWN_CHARACTERS = 300;

/**
 * One question, one answer. The error tells the caller whether to ask again: `data.status`, `data.retryAfterMs`, `data.host` and
 * `data.phase`. Throws `xet/unauthorized`, `xet/not-found`, `xet/rate-limited`, `xet/unavailable`, `xet/bad-response`.
 */
export async function ask(fetch: XetFetch, question: Question): Promise<GoodAnswer> {
  const { url, headers, signal, phase } = question;
  const { host } = new URL(url);
  let answer: XetAnswer;
  let text: string;
  try {
    answer = await fetch(url, { headers, ...(signal !== undefined && { signal }) });
    text = await answer.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw new XetError(`${host} cannot be reached (Xet ${phase})`, "xet/unavailable", {
      hint: "A firewall or DNS may block this host. The plain route does without it.",
      data: { host, phase },
      cause: error,
    });
  }
  if (answer.status === 200) return { text, headers: answer.headers };
  const [code, hint] = meaning(answer.status);
  const shown = text.replaceAll(/\s+/gu, " ").trim().slice(0, SHOWN_CHARACTERS);
  const retryAfterMs = retryAfter(answer.headers.get("retry-after"));
  throw new XetError(
    `${host} answers ${answer.status} (Xet ${phase})${shown === "" ? "" : `: ${shown}`}`,
    code,
    {
      hint,
      data: {
        host,
        phase,
        status: answer.status,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      },
    },
  );
}

function meaning(status: number): readonly [XetErrorCode, string] {
  if (status === 401 || status === 403) {
    return ["xet/unauthorized", "Log in with a token that may read this repo."];
  }
  if (status === 404) {
    return ["xet/not-found", "The repo, revision or file may be gone. The plain route will tell."];
  }
  if (status === 429) {
    return ["xet/rate-limited", "Wait as long as the server asks, for all files of the repo."];
  }
  if (status === 408 || (status >= 500 && status !== 501)) {
    return ["xet/unavailable", "Try again in a moment, or fetch the file by the plain route."];
  }
  return ["xet/bad-response", "Fetch the file by the plain route."];
}

/** Seconds, or a date. */
function retryAfter(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/u.test(text)) return 1000 * Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
