import { createTrustStore } from "./certificates.ts";
import { createFetchTransport } from "./fetch-transport.ts";
import { isUntrusted } from "./network-error.ts";
import { proxyFor } from "./proxy.ts";
import { UnusualHeadError } from "./socket/response-head.ts";
import { createSocketTransport } from "./socket/socket-transport.ts";
import type { Transport, TransportOptions } from "./transport.ts";
import { createUndiciTransport } from "./undici-transport.ts";

/**
 * A transport on plain sockets or on the given `fetch`. Behind proxies, and for origins with unusual answers, it uses
 * undici, which is loaded on demand because it costs tens of ms and 27 MB. A server whose certificate Node's own
 * authorities do not cover is asked again with the system's authorities.
 */
export function createTransport(options: TransportOptions = {}): Transport {
  if (options.fetch) return createFetchTransport(options.fetch);
  const { env = {} } = options;
  const trust = createTrustStore(env);
  const direct = createSocketTransport(trust);
  const patient = createUndiciTransport(options, trust);
  const odd = new Set<string>();
  const request: Transport["request"] = async (url, init) => {
    if (odd.has(url.origin) || proxyFor(url, env) !== undefined) return patient.request(url, init);
    try {
      return await direct.request(url, init);
    } catch (error) {
      if (!(error instanceof UnusualHeadError)) throw error;
      odd.add(url.origin);
      return patient.request(url, init);
    }
  };
  return {
    async request(url, init) {
      const { wide } = trust;
      try {
        return await request(url, init);
      } catch (error) {
        if (wide || !isUntrusted(error)) throw error;
        trust.widen();
        return request(url, init);
      }
    },
    async close() {
      await Promise.all([direct.close(), patient.close()]);
    },
  };
}
