import { createFetchTransport } from "./fetch-transport.ts";
import { proxyFor } from "./proxy.ts";
import { UnusualHeadError } from "./socket/response-head.ts";
import { createSocketTransport } from "./socket/socket-transport.ts";
import type { Transport, TransportOptions } from "./transport.ts";
import { createUndiciTransport } from "./undici-transport.ts";

/**
 * A transport on plain sockets, with undici (loaded when it is needed, it costs tens of ms and 27 MB) behind proxies
 * and for origins that answer oddly; or on the given `fetch`.
 */
export function createTransport(options: TransportOptions = {}): Transport {
  if (options.fetch) return createFetchTransport(options.fetch);
  const { env = {} } = options;
  const direct = createSocketTransport(env);
  const patient = createUndiciTransport(options);
  const odd = new Set<string>();
  return {
    async request(url, init) {
      if (odd.has(url.origin) || proxyFor(url, env) !== undefined)
        return patient.request(url, init);
      try {
        return await direct.request(url, init);
      } catch (error) {
        if (!(error instanceof UnusualHeadError)) throw error;
        odd.add(url.origin);
        return patient.request(url, init);
      }
    },
    async close() {
      await Promise.all([direct.close(), patient.close()]);
    },
  };
}
