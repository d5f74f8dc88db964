import type { ErrorCode } from "../contract/errors.ts";

/** An error answer, as far as it tells who gave it. */
interface MiddleAnswer {
  readonly url: URL;
  readonly status: number;
  /** `Content-Type`. */
  readonly type: string;
  readonly body: string;
}

/**
 * The failure of something between here and the Hub that answers in its place: a proxy that wants a login (407), a network
 * that does (511, RFC 6585), a web page with 401 or 403 where the Hub sends JSON. Undefined for every other answer.
 */
export function middleAnswer({ url, status, type, body }: MiddleAnswer):
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
  const isPage = type.includes("html") || /^\s*<(?:!doctype|html|head|body)\b/i.test(body);
  if (!isPage || (status !== 401 && status !== 403)) return undefined;
  return {
    code: "hub/bad-response",
    message: `${url.host} answered ${status} with a web page: a proxy, firewall or login page stands in its place`,
    hint: `Open ${url.origin} in a web browser to read its message. A token does not help here.`,
    data: { ...data, reason: "portal" },
  };
}
