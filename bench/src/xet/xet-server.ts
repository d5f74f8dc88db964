// node xet-server.ts FOLDER [whole-ranges]: the process that serves the cases of downloads through Xet storage: a Hub with a storage. The
// bytes of xorbs come from nginx where it is installed, or from it where no parts of listed ranges are to be given. It is told what to serve, and tells what it sent.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { startNginx } from "../server/nginx.ts";

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
  /** Who serves the bytes of xorbs. */
  readonly server?: string;
  /** Bytes of bodies since it was asked last, from the storage and from the CDN. */
  readonly sentBytes?: number;
}

const [folder = ".", mode] = process.argv.slice(2);
const exactRanges = mode === "whole-ranges";
const xorbs = join(folder, "served/xorbs");
await mkdir(xorbs, { recursive: true });
const nginx = exactRanges
  ? undefined
  : await startNginx(join(folder, "served"), join(folder, "nginx"), undefined);
const behaviour = { tokenSeconds: 86_400, urlSeconds: 86_400, exactRanges };
const hub = await startTestHub({ xet: behaviour, xetDataUrl: nginx?.plainUrl });
let nginxSent = 0;
const reply = (message: XetServerReply): void => void process.send?.(message);

process.on("message", (request: XetServerRequest) => {
  void answer(request);
});
const server = nginx?.version ?? "node";
reply({ url: hub.url, casUrl: hub.xet?.casUrl ?? "", server, ...hub.xet?.writeToken() });

async function answer(request: XetServerRequest): Promise<void> {
  if (request.type === "close") {
    await hub.close();
    await nginx?.close();
    process.disconnect();
  } else if (request.type === "serve") {
    const { repoId, path, hash } = request;
    const files = { "config.json": "{}", "model.safetensors": { path } };
    const declared = { "model.safetensors": { xetHash: hash } };
    await hub.addRepo(repoId, files, { declared, xet: false });
    if (nginx !== undefined) await writeXorbs(hash);
    reply({});
  } else {
    const sent = hub.log.of(({ target }) => target === "xorb" || target === "cdn");
    const already = nginxSent;
    nginxSent = nginx?.bytesSent() ?? 0;
    const sentBytes = sent.reduce((sum, one) => sum + one.bytesSent, nginxSent - already);
    hub.log.clear();
    reply({ sentBytes });
  }
}

/** Puts the xorbs of a file where nginx finds them. */
async function writeXorbs(hash: string): Promise<void> {
  const store = hub.xet?.store;
  for (const xorb of new Set(store?.file(hash)?.map((term) => term.xorb))) {
    const stored = store?.xorb(xorb);
    if (stored === undefined) continue;
    const bytes = new Uint8Array(stored.blob.size);
    const reader = await stored.blob.open();
    await reader.read(bytes, 0);
    await writeFile(join(xorbs, xorb), bytes);
  }
}
