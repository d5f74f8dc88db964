import type { ByteSink } from "./byte-sink.ts";

/** Response headers. `get` ignores case and joins repeated headers with `, `. */
export interface ResponseHeaders {
  get(name: string): string | undefined;
  entries(): Iterable<readonly [name: string, value: string]>;
}

/** One answer, its body not yet read. Either read `body` to its end or call `discard`. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Undecoded body bytes. Iterating throws `transfer/stalled`, `transfer/interrupted` or the signal's reason. */
  readonly body: AsyncIterable<Uint8Array>;
  /**
   * Reads the whole body, undecoded, straight into a sink. Present when the transport supports it and the body's length
   * is known. Throws as `body` does, and the sink's errors. Not together with `body`.
   */
  readonly readInto?: (sink: ByteSink) => Promise<void>;
  /** Closes the connection, or keeps it when the rest of a small body has already arrived. Returns immediately. */
  discard(): void;
}

/** One request. Times are in ms. */
export interface TransportInit {
  readonly method?: "GET" | "HEAD" | "POST" | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** From sending the request to its last header. Default 30 000. */
  readonly headersTimeoutMs?: number | undefined;
  /** The longest silence inside a body. Default 30 000. */
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

/** The settings of a transport. */
export interface TransportOptions {
  /** The environment that names proxies and certificate files. Default: none. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Sends the requests instead of undici. It then handles proxies and certificates itself. */
  readonly fetch?: typeof fetch | undefined;
  /** Connections to one origin. Further requests wait. Default 16. */
  readonly connections?: number | undefined;
}

/** Default of `headersTimeoutMs` and `bodyTimeoutMs`. */
export const DEFAULT_TIMEOUT_MS = 30_000;
