import type { Transport } from "./transport.ts";

/**
 * A transport that sends `user:password` as HTTP Basic authentication (RFC 7617) to one origin and to no other, in the
 * place of any other authorization.
 */
export function withLogin(transport: Transport, origin: string, login: string): Transport {
  const authorization = `Basic ${Buffer.from(login, "utf8").toString("base64")}`;
  return {
    ...transport,
    request: (url, init = {}) =>
      url.origin === origin
        ? transport.request(url, { ...init, headers: { ...init.headers, authorization } })
        : transport.request(url, init),
  };
}
