import type { ErrorCode } from "../contract/errors.ts";

/** An error answer, as far as it tells who gave it. */
interface MiddleAnswer {
  readonly url: URL;
  readonly status: number;
  /** `Content-Type`. */
  readonly type: string;
  readonly body: string;
  /** Whether it has a code or words of the Hub's own. */
  readonly isHubs: boolean;
}

/** Words of proxies and firewalls that answer 403 with JSON or text. */
const FILTER =
  /\b(?:blocked|firewall|prox(?:y|ies)|(?:security|network|company|corporate) polic(?:y|ies)|egress|web ?filter|zscaler|netskope|squid|fortinet|umbrella)\b/i;

/**
 * The failure of something between here and the Hub that answers in its place: a proxy that wants a login (407), a network
 * that does (511, RFC 6585), one that is told to withhold something (451), a web page with 401 or 403 where the Hub sends
 * JSON, and a 403 in the words of a filter. Undefined for every other answer.
 */
export function middleAnswer({ url, status, type, body, isHubs }: MiddleAnswer):
  | {
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string;
      readonly data: object;
    }
  | undefined {
  const data = { host: url.host, reason: "proxy" };
  if (status === 407) {
    return {
      code: "hub/unreachable",
      message: `A proxy on the way to ${url.host} wants a user name and password`,
      hint: "Put both into the proxy's address: HTTPS_PROXY=http://user:password@host:port.",
      data,
    };
  }
  if (status === 511) {
    return {
      code: "hub/unreachable",
      message: `The network between here and ${url.host} wants a login first`,
      hint: "Open any page in a web browser, log in to the network there, and run the command again.",
      data: { ...data, reason: "portal" },
    };
  }
  if (status === 451) {
    return {
      code: "hub/bad-response",
      message: `${url.host} answered 451: this is withheld for legal reasons`,
      hint: "A network or a country may block it: try another network, or another `endpoint`. A token does not help here.",
      data: { ...data, reason: "withheld" },
    };
  }
  const isPage = type.includes("html") || /^\s*<(?:!doctype|html|head|body)\b/i.test(body);
  if (isPage && (status === 401 || status === 403)) {
    return {
      code: "hub/bad-response",
      message: `${url.host} answered ${status} with a web page: a proxy, firewall or login page stands in its place`,
      hint: `Open ${url.origin} in a web browser to read its message. A token does not help here.`,
      data: { ...data, reason: "portal" },
    };
  }
  if (status === 403 && !isHubs && FILTER.test(body)) {
    return {
      code: "hub/bad-response",
      message: `${url.host} answered 403 in the words of a proxy or firewall`,
      hint: `Ask who runs your network to allow ${url.host}, or use another network. A token does not help here.`,
      data,
    };
  }
  return undefined;
}
