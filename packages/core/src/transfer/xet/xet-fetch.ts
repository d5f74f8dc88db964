import type { XetFetch } from "@mlx-download/xet";
import { READABLE_ENCODINGS } from "../../http/decoded-body.ts";
import { requestFollowing } from "../../http/follow.ts";
import { readBody } from "../../http/read-body.ts";
import type { HubClient } from "../../hub/hub-client.ts";

// The answer for 8 GB in terms of one chunk has some 30 MB.
const MOST_BYTES = 128 * 1024 * 1024;

/**
 * Questions to the Hub and to its Xet storage over the connections of a client: its proxy, certificates and time limits
 * hold. The Hub's token goes to the Hub alone, the storage's to the storage alone, also after a redirect.
 */
export function createXetFetch({
  settings,
  send,
  transport,
  downloadHeaders,
}: HubClient): XetFetch {
  return async (address, { headers, signal }) => {
    const { authorization, ...others } = headers;
    const url = new URL(address);
    const init = {
      headers: {
        "user-agent": downloadHeaders["user-agent"] ?? "",
        "accept-encoding": READABLE_ENCODINGS,
        ...others,
      },
      signal,
      headersTimeoutMs: settings.etagTimeoutMs,
      bodyTimeoutMs: settings.downloadTimeoutMs,
    };
    const { response } =
      authorization === undefined
        ? await send(url, init)
        : await requestFollowing(transport, url, {
            ...init,
            authorization: {
              token: authorization.replace(/^Bearer /u, ""),
              endpoint: url.origin,
            },
          });
    const body = await readBody(response, MOST_BYTES);
    return {
      status: response.status,
      headers: { get: (name) => response.headers.get(name) ?? null },
      text: () => Promise.resolve(body.toString()),
    };
  };
}
