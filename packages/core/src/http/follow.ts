import { ModelDownloadError } from "../contract/errors.ts";
import { isLoopback } from "./loopback.ts";
import { redactUrl } from "./redact.ts";
import type { ResponseHeaders, Transport, TransportInit, TransportResponse } from "./transport.ts";

const MAX_HOPS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** A token and the endpoint it belongs to. */
export interface Authorization {
  readonly token: string;
  readonly endpoint: string;
}

/** A request that may be redirected. */
export interface FollowInit extends TransportInit {
  /** Sent to the endpoint's own origin over https or loopback, and nowhere else. */
  readonly authorization?: Authorization | undefined;
}

/** One redirect that was followed. */
export interface Hop {
  readonly url: URL;
  readonly status: number;
  readonly headers: ResponseHeaders;
}

/** The final answer, where it came from, and the redirects on the way (`X-Linked-*`, `X-Repo-Commit` live there). */
export interface FollowedResponse {
  readonly response: TransportResponse;
  readonly url: URL;
  readonly hops: readonly Hop[];
  /** Whether the request that this answers carried the token. */
  readonly authorized: boolean;
}

/** Whether the token of `endpoint` may be sent to `url`: same scheme, host and port, over https or loopback http. */
export function mayAuthorize(url: URL, endpoint: string): boolean {
  return (
    URL.parse(endpoint)?.origin === url.origin && (url.protocol === "https:" || isLoopback(url))
  );
}

/**
 * Sends a request and follows redirects itself, at most 10. It does not wait for a redirect's body. The token is
 * removed at the first hop to another origin and does not come back. A redirect status without `Location` is returned
 * as it is. Throws `hub/redirect-loop`, `hub/bad-response` (a target that is not http or https), and the transport's
 * errors.
 */
export async function requestFollowing(
  transport: Transport,
  url: URL,
  init: FollowInit = {},
): Promise<FollowedResponse> {
  const { authorization, ...rest } = init;
  const hops: Hop[] = [];
  const seen = new Set<string>();
  let { method = "GET", body } = rest;
  let authorized = authorization !== undefined;
  for (let current = withoutUserInfo(url); ;) {
    authorized &&= authorization !== undefined && mayAuthorize(current, authorization.endpoint);
    const headers = {
      ...rest.headers,
      ...(authorized && authorization && { authorization: `Bearer ${authorization.token}` }),
    };
    const response = await transport.request(current, { ...rest, method, body, headers });
    const location = response.headers.get("location");
    if (!REDIRECTS.has(response.status) || location === undefined) {
      return { response, url: current, hops, authorized };
    }
    response.discard();
    hops.push({ url: current, status: response.status, headers: response.headers });
    seen.add(`${method} ${current.href}`);
    if (method === "POST" && response.status < 307) {
      method = "GET";
      body = undefined;
    }
    current = target(location, current, url);
    if (hops.length > MAX_HOPS || seen.has(`${method} ${current.href}`)) {
      throw loop(url, hops.length);
    }
  }
}

function withoutUserInfo(url: URL): URL {
  const clean = new URL(url);
  clean.username = "";
  clean.password = "";
  clean.hash = "";
  return clean;
}

function target(location: string, current: URL, asked: URL): URL {
  const next = URL.parse(asUtf8(location), current.href);
  if (next?.protocol === "http:" || next?.protocol === "https:") return withoutUserInfo(next);
  throw new ModelDownloadError(
    `${redactUrl(asked)} redirects to something that is no http address`,
    "hub/bad-response",
    {
      hint: "Check that HF_ENDPOINT names a Hub and that no proxy answers in its place.",
      data: { url: redactUrl(asked), from: redactUrl(current) },
    },
  );
}

/** A `Location` in raw UTF-8, which header parsers read byte by byte, as the text that was meant. */
function asUtf8(location: string): string {
  if (!/[\u0080-\u00ff]/.test(location) || /[\u0100-\uffff]/.test(location)) return location;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(location, "latin1"));
  } catch {
    return location;
  }
}

function loop(asked: URL, hops: number): ModelDownloadError {
  return new ModelDownloadError(
    `${redactUrl(asked)} redirects in circles (${hops} redirect${hops === 1 ? "" : "s"})`,
    "hub/redirect-loop",
    {
      hint: "Check HF_ENDPOINT. The server or a proxy in front of it is misconfigured.",
      data: { url: redactUrl(asked), hops },
    },
  );
}
