import { openPort } from "./http/open-port.ts";
import { createHub } from "./hub.ts";
import type { HubOptions } from "./hub-options.ts";

/** Where a Hub listens, beside how it behaves. */
export interface ServeHubOptions extends Omit<HubOptions, "cdnUrl"> {
  /** Default `127.0.0.1`: nobody else on the network. */
  readonly host?: string | undefined;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /** The CDN's host; it should not be the Hub's, since clients keep their token from other hosts. Default `localhost`. */
  readonly cdnHost?: string | undefined;
  /** Default 0: any free one. */
  readonly cdnPort?: number | undefined;
}

/** A Hub that listens. */
export interface ServedHub {
  /** The value for `HF_ENDPOINT`: without a trailing slash, with the base path. */
  readonly url: string;
  readonly cdnUrl: string;
  /** Cuts all connections and frees the ports. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves a store on loopback (or on `host`), LFS files from a second host. Throws `hub-server/cannot-listen`. */
export async function serveHub(options: ServeHubOptions): Promise<ServedHub> {
  const { host = "127.0.0.1", port = 0, cdnHost = "localhost", cdnPort = 0 } = options;
  let hub: ReturnType<typeof createHub> | undefined;
  const cdn = await openPort((request, response) => hub?.cdnListener(request, response), {
    host: cdnHost,
    port: cdnPort,
  });
  const cdnUrl = `http://${urlHost(cdnHost)}:${cdn.port}`;
  hub = createHub({ ...options, cdnUrl });
  try {
    const api = await openPort(hub.listener, { host, port });
    const close = async (): Promise<void> => void (await Promise.all([api.close(), cdn.close()]));
    const basePath = (options.basePath ?? "").replace(/^\/*(?=.)/, "/").replace(/\/+$/, "");
    return {
      url: `http://${urlHost(host)}:${api.port}${basePath}`,
      cdnUrl,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await cdn.close();
    throw error;
  }
}

/** A host as it stands in a URL: IPv6 addresses in brackets. */
export function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
