import type { Dispatcher } from "undici";
import type { TrustStore } from "./certificates.ts";
import { bodyFailure, unreachable, type FailedRequest } from "./network-error.ts";
import { proxyFor } from "./proxy.ts";
import { responseHeaders } from "./response-headers.ts";
import {
  DEFAULT_TIMEOUT_MS,
  type Transport,
  type TransportInit,
  type TransportOptions,
  type TransportResponse,
} from "./transport.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/**
 * Node's 250 ms gives up on the first address of distant hosts. Both families are still tried within the connect
 * timeout.
 */
const ADDRESS_ATTEMPT_MS = 500;
/** A redirect's body is a few hundred bytes: waiting this long for them saves a TLS handshake on the next request. */
const DISCARD_GRACE_MS = 250;
const DISCARD_LIMIT = 16 * 1024;

/**
 * HTTP/2 stays off: its 256 KiB stream windows throttle long-distance downloads. Each request waits for a free
 * connection of its origin's pool, idle ones are reused and do not keep the process alive.
 */
export function createUndiciTransport(options: TransportOptions, trust: TrustStore): Transport {
  const env = options.env ?? {};
  let pools: Promise<Pools> | undefined;
  /** Agents from before the trust store grew. Their open connections stay open. */
  const narrow: Promise<Pools>[] = [];
  let wide = trust.wide;
  return {
    async request(url, init = {}) {
      init.signal?.throwIfAborted();
      if (trust.wide !== wide && pools !== undefined) {
        narrow.push(pools);
        pools = undefined;
      }
      ({ wide } = trust);
      pools ??= openPools(env, trust, options.connections ?? 16);
      return send(await pools, url, init);
    },
    async close() {
      for (const opening of [...narrow, pools]) {
        const opened = await opening?.catch(() => undefined);
        await opened?.close();
      }
    },
  };
}

interface Pools {
  readonly request: typeof import("undici").request;
  dispatcherFor(url: URL): { dispatcher: Dispatcher; proxy: string | undefined };
  close(): Promise<void>;
}

async function openPools(
  env: NodeJS.ProcessEnv,
  trust: TrustStore,
  connections: number,
): Promise<Pools> {
  const [{ Agent, ProxyAgent, request }, secureContext] = await Promise.all([
    import("undici"),
    trust.context(),
  ]);
  const tls = { timeout: CONNECT_TIMEOUT_MS, ...(secureContext && { secureContext }) };
  const pool = {
    allowH2: false,
    connections,
    pipelining: 1,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
  } as const;
  const byProxy = new Map<string | undefined, Dispatcher>();
  const open = (proxy: string | undefined): Dispatcher => {
    if (proxy === undefined) return new Agent({ ...pool, connect: tls });
    const options = { ...pool, uri: proxy, connect: tls, requestTls: tls };
    // With TLS settings for the proxy, undici speaks TLS to a SOCKS proxy, and SOCKS has none.
    return new ProxyAgent(
      proxy.startsWith("socks")
        ? { ...options, connectTimeout: CONNECT_TIMEOUT_MS }
        : { ...options, proxyTls: tls },
    );
  };
  return {
    request,
    dispatcherFor(url) {
      const proxy = proxyFor(url, env);
      let dispatcher = byProxy.get(proxy);
      if (!dispatcher) byProxy.set(proxy, (dispatcher = open(proxy)));
      return { dispatcher, proxy };
    },
    async close() {
      await Promise.all([...byProxy.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

async function send(pools: Pools, url: URL, init: TransportInit): Promise<TransportResponse> {
  const { signal } = init;
  const { dispatcher, proxy } = pools.dispatcherFor(url);
  try {
    const response = await pools.request(url, {
      dispatcher,
      method: init.method ?? "GET",
      headers: { ...init.headers },
      body: init.body ?? null,
      signal: signal ?? null,
      headersTimeout: init.headersTimeoutMs ?? DEFAULT_TIMEOUT_MS,
      bodyTimeout: init.bodyTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    });
    return wrap(response, { url, proxy }, signal);
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreachable(cause, { url, proxy });
  }
}

function wrap(
  response: Dispatcher.ResponseData,
  place: FailedRequest,
  signal: AbortSignal | undefined,
): TransportResponse {
  const { body } = response;
  // A socket that breaks while it is not being read must not raise an uncaught 'error' event. Readers still get the
  // error.
  body.on("error", () => {});
  return {
    status: response.statusCode,
    headers: responseHeaders(Object.entries(response.headers)),
    body: guard(body, place, signal),
    discard() {
      body
        .dump({ limit: DISCARD_LIMIT, signal: AbortSignal.timeout(DISCARD_GRACE_MS) })
        .catch(() => {});
    },
  };
}

async function* guard(
  body: AsyncIterable<Uint8Array>,
  place: FailedRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (cause) {
    signal?.throwIfAborted();
    throw bodyFailure(cause, place);
  }
}
