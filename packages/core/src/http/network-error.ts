import { ModelDownloadError } from "../contract/errors.ts";
import { certificateHint } from "./connect-hint.ts";
import { redactText, redactUrl } from "./redact.ts";

/** Why a request got no answer. */
export type NetworkReason =
  | "dns"
  | "refused"
  | "unreachable"
  | "connect-timeout"
  | "tls"
  | "proxy"
  | "no-answer"
  | "reset"
  | "protocol"
  | "unknown";

const REASON_BY_CODE: Readonly<Record<string, NetworkReason>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  EAI_NODATA: "dns",
  EAI_NONAME: "dns",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  EHOSTDOWN: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  EACCES: "unreachable",
  EPERM: "unreachable",
  ETIMEDOUT: "connect-timeout",
  UND_ERR_CONNECT_TIMEOUT: "connect-timeout",
  UND_ERR_HEADERS_TIMEOUT: "no-answer",
  UND_ERR_BODY_TIMEOUT: "no-answer",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  UND_ERR_SOCKET: "reset",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "reset",
  UND_ERR_HEADERS_OVERFLOW: "protocol",
  UND_ERR_PRX_TLS: "proxy",
  UND_ERR_PRX_CONN: "proxy",
  EPROTO: "tls",
  HOSTNAME_MISMATCH: "tls",
};

const TLS_CODE =
  /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|HOSTNAME_)/;

const SAYS: Readonly<Record<NetworkReason, string>> = {
  dns: "its name cannot be resolved",
  refused: "the connection was refused",
  unreachable: "there is no route to it",
  "connect-timeout": "connecting took too long",
  tls: "the TLS connection failed",
  proxy: "the proxy refused",
  "no-answer": "it did not answer in time",
  reset: "the connection was cut",
  protocol: "it does not speak proper HTTP",
  unknown: "the request failed",
};

const HINTS: Readonly<Record<NetworkReason, string>> = {
  dns: "Check the network connection and the host name in HF_ENDPOINT.",
  refused: "Check that the server runs and that HF_ENDPOINT names its host and port.",
  unreachable: "Check the network connection, VPN and firewall.",
  "connect-timeout":
    "Check the network connection and firewall. Behind a proxy, set HTTPS_PROXY and NO_PROXY.",
  tls: "If a company proxy or mirror uses its own certificate authority, let the system trust it or name its PEM file in SSL_CERT_FILE. An http:// server needs http:// in HF_ENDPOINT.",
  proxy:
    "Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and the user name and password in the proxy's URL.",
  "no-answer": "Try again later, or raise HF_HUB_ETAG_TIMEOUT (seconds) for slow servers.",
  reset: "Try again. If it happens every time, check the proxy or firewall in between.",
  protocol: "Check that HF_ENDPOINT names a Hub, with the right scheme and port.",
  unknown: "Check the network connection and HF_ENDPOINT.",
};

const UNCONNECTED: ReadonlySet<NetworkReason> = new Set([
  "dns",
  "refused",
  "unreachable",
  "connect-timeout",
]);

/** Every error of a cause chain, breadth first, cycles cut. */
function* chain(error: unknown): Generator<Error> {
  const queue = [error];
  for (let i = 0; i < queue.length && i < 32; i++) {
    const current = queue[i];
    if (!(current instanceof Error)) continue;
    yield current;
    queue.push(current.cause);
    if (current instanceof AggregateError) queue.push(...current.errors.slice(0, 8));
  }
}

const codeOf = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined;

function reasonOf(error: Error): NetworkReason | undefined {
  const code = codeOf(error) ?? "";
  if (/proxy (authentication|response|connection|handshake)/i.test(error.message)) return "proxy";
  if (code === "HPE_INVALID_EOF_STATE") return "reset";
  if (code.startsWith("HPE_") || error.name === "HTTPParserError") return "protocol";
  if (TLS_CODE.test(code)) return "tls";
  return REASON_BY_CODE[code];
}

/** The reason and system code of a failed request, from anywhere in its cause chain. */
function networkReason(error: unknown): {
  reason: NetworkReason;
  code: string | undefined;
  text: string;
} {
  let first: { code: string | undefined; text: string } | undefined;
  for (const link of chain(error)) {
    const reason = reasonOf(link);
    const code = codeOf(link);
    if (reason) return { reason, code, text: link.message || (code ?? link.name) };
    first ??= { code, text: link.message || link.name };
  }
  return { reason: "unknown", code: first?.code, text: first?.text ?? String(error) };
}

/** Where a request went, for its error. */
export interface FailedRequest {
  readonly url: URL;
  /** The proxy in between. */
  readonly proxy?: string | undefined;
}

/**
 * `hub/unreachable` for a request that got no answer. `data`: `url` (redacted), `host`, `reason`
 * ({@link NetworkReason}), `cause` (system code), `proxy`.
 */
export function unreachable(cause: unknown, place: FailedRequest): ModelDownloadError {
  const { reason, code, text } = networkReason(cause);
  const proxy = place.proxy === undefined ? undefined : redactUrl(place.proxy);
  const through = proxy === undefined ? "" : ` through the proxy ${proxy}`;
  const detail = redactText(code && !text.includes(code) ? `${text} (${code})` : text);
  return new ModelDownloadError(
    `Cannot reach ${place.url.origin}${through}: ${SAYS[reason]}: ${detail}`,
    "hub/unreachable",
    {
      // The proxy is then the host that cannot be reached, not the one behind it.
      hint:
        certificateHint(code) ??
        HINTS[proxy !== undefined && UNCONNECTED.has(reason) ? "proxy" : reason],
      cause,
      data: { url: redactUrl(place.url), host: place.url.host, reason, cause: code, proxy },
    },
  );
}

// TLS errors for an unknown signer. A further authority would not help with any other error.
const UNTRUSTED: ReadonlySet<unknown> = new Set([
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Whether an error of {@link unreachable} says that no known authority vouches for the server. */
export function isUntrusted(error: unknown): boolean {
  return error instanceof ModelDownloadError && UNTRUSTED.has(error.data["cause"]);
}

/**
 * `transfer/stalled` (no byte for the body timeout) or `transfer/interrupted` (cut before its end) for a body that
 * failed. `data`: `url` (redacted), `host`, `reason`, `cause`.
 */
export function bodyFailure(cause: unknown, place: FailedRequest): ModelDownloadError {
  const { reason, code, text } = networkReason(cause);
  const stalled = reason === "no-answer";
  return new ModelDownloadError(
    stalled
      ? `${place.url.host} stopped sending in the middle of an answer`
      : `The connection to ${place.url.host} broke in the middle of an answer: ${redactText(text)}`,
    stalled ? "transfer/stalled" : "transfer/interrupted",
    {
      hint: "Run the same command again: it continues where it stopped.",
      cause,
      data: { url: redactUrl(place.url), host: place.url.host, reason, cause: code },
    },
  );
}
