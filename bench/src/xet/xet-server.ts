// The process that serves the cases of downloads through Xet storage: a Hub with a storage. It is told what to serve, and
// tells what it sent.
import { startTestHub } from "@mlx-download/hub-server/testing";

/** What it is told. */
export type XetServerRequest =
  | {
      readonly type: "serve";
      readonly repoId: string;
      readonly path: string;
      /** Of the file in the storage, where it was uploaded before. */
      readonly hash: string;
    }
  | { readonly type: "sent" }
  | { readonly type: "close" };

/** What it answers. */
export interface XetServerReply {
  readonly url?: string;
  readonly casUrl?: string;
  readonly token?: string;
  readonly expiresAt?: number;
  /** Bytes of bodies since it was asked last, from the storage and from the CDN. */
  readonly sentBytes?: number;
}

const hub = await startTestHub({ xet: { tokenSeconds: 86_400, urlSeconds: 86_400 } });
const reply = (message: XetServerReply): void => void process.send?.(message);

process.on("message", (request: XetServerRequest) => {
  void answer(request);
});
reply({ url: hub.url, casUrl: hub.xet?.casUrl ?? "", ...hub.xet?.writeToken() });

async function answer(request: XetServerRequest): Promise<void> {
  if (request.type === "close") {
    await hub.close();
    process.disconnect();
  } else if (request.type === "serve") {
    const { repoId, path, hash } = request;
    const files = { "config.json": "{}", "model.safetensors": { path } };
    const declared = { "model.safetensors": { xetHash: hash } };
    await hub.addRepo(repoId, files, { declared, xet: false });
    reply({});
  } else {
    const sent = hub.log.of(({ target }) => target === "xorb" || target === "cdn");
    const sentBytes = sent.reduce((sum, one) => sum + one.bytesSent, 0);
    hub.log.clear();
    reply({ sentBytes });
  }
}
