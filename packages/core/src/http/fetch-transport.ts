import { bodyFailure, unreachable, type FailedRequest } from "./network-error.ts";
import { responseHeaders } from "./response-headers.ts";
import {
  DEFAULT_TIMEOUT_MS,
  type Transport,
  type TransportInit,
  type TransportResponse,
} from "./transport.ts";

/**
 * A transport over a given `fetch` (a test's, a runtime's, one with its own proxy). The function must honour `signal`
 * and `redirect: "manual"`. A body that it decodes itself is presented as not encoded, without a length.
 */
export function createFetchTransport(fetchFunction: typeof fetch): Transport {
  const closing = new AbortController();
  return {
    async request(url, init = {}) {
      init.signal?.throwIfAborted();
      return send(fetchFunction, url, { ...init, closing: closing.signal });
    },
    async close() {
      closing.abort(new Error("the transport was closed"));
    },
  };
}

class TimedOut extends Error {
  override readonly name = "TimedOut";
  readonly code: string;
  constructor(code: "UND_ERR_HEADERS_TIMEOUT" | "UND_ERR_BODY_TIMEOUT") {
    super("no data in time");
    this.code = code;
  }
}

async function send(
  fetchFunction: typeof fetch,
  url: URL,
  init: TransportInit & { readonly closing: AbortSignal },
): Promise<TransportResponse> {
  const stop = new AbortController();
  const timer = setTimeout(
    () => stop.abort(new TimedOut("UND_ERR_HEADERS_TIMEOUT")),
    init.headersTimeoutMs ?? DEFAULT_TIMEOUT_MS,
  );
  const signals = [stop.signal, init.closing, ...(init.signal ? [init.signal] : [])];
  try {
    const response = await fetchFunction(url, {
      method: init.method ?? "GET",
      headers: { ...init.headers },
      ...(init.body !== undefined && { body: init.body }),
      redirect: "manual",
      signal: AbortSignal.any(signals),
    });
    return wrap(response, stop, { url, init });
  } catch (cause) {
    init.signal?.throwIfAborted();
    throw unreachable(stop.signal.aborted ? stop.signal.reason : cause, { url });
  } finally {
    clearTimeout(timer);
  }
}

function wrap(
  response: Response,
  stop: AbortController,
  { url, init }: FailedRequest & { init: TransportInit },
): TransportResponse {
  const decoded = response.headers.has("content-encoding");
  const entries = [...response.headers].filter(
    ([name]) => !decoded || (name !== "content-encoding" && name !== "content-length"),
  );
  return {
    status: response.status,
    headers: responseHeaders(entries),
    body: read(response, stop, { url, init }),
    discard() {
      stop.abort(new Error("not needed"));
      response.body?.cancel().catch(() => {});
    },
  };
}

async function* read(
  response: Response,
  stop: AbortController,
  { url, init }: FailedRequest & { init: TransportInit },
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const idleMs = init.bodyTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  try {
    for (;;) {
      const timer = setTimeout(() => stop.abort(new TimedOut("UND_ERR_BODY_TIMEOUT")), idleMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch (cause) {
    init.signal?.throwIfAborted();
    throw bodyFailure(stop.signal.aborted ? stop.signal.reason : cause, { url });
  } finally {
    reader.cancel().catch(() => {});
  }
}
