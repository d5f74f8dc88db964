import { ModelDownloadError } from "../contract/errors.ts";
import { redactUrl } from "./redact.ts";
import type { Transport } from "./transport.ts";

/** A transport that makes no request: each one throws `hub/unreachable` with `data.reason` `offline`. */
export function createOfflineTransport(): Transport {
  return {
    async request(url) {
      throw new ModelDownloadError(
        `${url.origin} is not asked: offline mode is on`,
        "hub/unreachable",
        {
          hint: "This needs the network: unset HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE, and do not ask to stay offline.",
          data: { url: redactUrl(url), host: url.host, reason: "offline" },
        },
      );
    },
    close: () => Promise.resolve(),
  };
}
