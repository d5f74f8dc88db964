import { openPort } from "./http/open-port.ts";
import { createHub, type Hub } from "./hub.ts";
import { normalBasePath, type HubOptions } from "./hub-options.ts";

/** Where a Hub listens, beside how it behaves. */
export interface ServeHubOptions extends Omit<HubOptions, "cdnUrl"> {
  /** Default `127.0.0.1`: not reachable from the network. */
  readonly host?: string | undefined;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /**
   * The CDN's host. It should not be the Hub's, since clients keep their token from other hosts.
   * The default is `localhost` for a Hub on loopback. For any other host (and with false) there is
   * no CDN, and the Hub sends LFS files itself.
   */
  readonly cdnHost?: string | false | undefined;
  /** Default 0: any free one. */
  readonly cdnPort?: number | undefined;
}

/** A Hub that listens. */
export interface ServedHub {
  /** The value for `HF_ENDPOINT`: without a trailing slash, with the base path. */
  readonly url: string;
  readonly cdnUrl: string | undefined;
  /** Cuts all connections and frees the ports. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves a store on loopback (or on `host`). Throws `hub-server/cannot-listen`. */
export async function serveHub(options: ServeHubOptions): Promise<ServedHub> {
  const { host = "127.0.0.1", port = 0, cdnPort = 0 } = options;
  const cdnHost = options.cdnHost ?? defaultCdnHost(host);
  let hub: Hub | undefined;
  const cdn =
    cdnHost === false
      ? undefined
      : await openPort((request, response) => hub?.cdnListener(request, response), {
          host: cdnHost,
          port: cdnPort,
        });
  const cdnUrl = cdnHost === false || !cdn ? undefined : `http://${urlHost(cdnHost)}:${cdn.port}`;
  hub = createHub({ ...options, cdnUrl });
  try {
    const api = await openPort(hub.listener, { host, port });
    const close = async (): Promise<void> => {
      await Promise.all([api.close(), cdn?.close()]);
    };
    return {
      url: `http://${urlHost(host)}:${api.port}${normalBasePath(options.basePath)}`,
      cdnUrl,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await cdn?.close();
    throw error;
  }
}

/** A loopback name that is not `host`. False when others on the network could not reach any. */
export function defaultCdnHost(host: string): string | false {
  if (host === "localhost") return "127.0.0.1";
  return /^127\.|^::1$/.test(host) ? "localhost" : false;
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
