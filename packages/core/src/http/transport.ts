import type { ByteSink } from "./byte-sink.ts";

/** Response headers; `get` ignores case and joins repeated headers with `, `. */
export interface ResponseHeaders {
  get(name: string): string | undefined;
  entries(): Iterable<readonly [name: string, value: string]>;
}

/** One answer, its body not yet read. Either read `body` to its end or call `discard`. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Undecoded body bytes; iterating throws `transfer/stalled`, `transfer/interrupted` or the signal's reason. */
  readonly body: AsyncIterable<Uint8Array>;
  /**
   * The whole body, undecoded, straight into a sink; where the transport can do that and the body's length is known.
   * Throws as `body` does, and what the sink throws. Not together with `body`.
   */
  readonly readInto?: (sink: ByteSink) => Promise<void>;
  /** Gives the connection up, or back when the rest of a small body is here at once; returns immediately. */
  discard(): void;
}

/** One request. Times are in ms. */
export interface TransportInit {
  readonly method?: "GET" | "HEAD" | "POST" | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** From the request being sent to its last header; default 30 000. */
  readonly headersTimeoutMs?: number | undefined;
  /** The longest silence inside a body; default 30 000. */
  readonly bodyTimeoutMs?: number | undefined;
}

/**
 * Sends single HTTP/1.1 requests: no redirects, no retries, no decoding. `request` throws `hub/unreachable` with the
 * cause, or the signal's reason once that is aborted.
 */
export interface Transport {
  request(url: URL, init?: TransportInit): Promise<TransportResponse>;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** What a transport is made of. */
export interface TransportOptions {
  /** Where proxies and certificate files are named; default: none are. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Sends the requests instead of undici; proxies and certificates are then its own affair. */
  readonly fetch?: typeof fetch | undefined;
  /** Connections to one origin; further requests wait. Default 16. */
  readonly connections?: number | undefined;
}

/** Default of `headersTimeoutMs` and `bodyTimeoutMs`. */
export const DEFAULT_TIMEOUT_MS = 30_000;
