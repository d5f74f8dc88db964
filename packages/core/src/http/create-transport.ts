import { createFetchTransport } from "./fetch-transport.ts";
import type { Transport, TransportOptions } from "./transport.ts";
import { createUndiciTransport } from "./undici-transport.ts";

/** A transport on undici (loaded with the first request, it costs tens of ms), or on the given `fetch`. */
export function createTransport(options: TransportOptions = {}): Transport {
  return options.fetch ? createFetchTransport(options.fetch) : createUndiciTransport(options);
}
