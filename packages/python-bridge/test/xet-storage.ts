import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

const CHUNK = 100_000;

/** A Xet storage that holds one file in one xorb of uncompressed chunks. */
export interface XetStorage {
  /** What a Hub's answer about the file carries for clients that speak Xet. */
  readonly headers: Readonly<Record<string, string>>;
  /** Requests for the file's bytes. */
  readonly fetched: readonly string[];
}

/** Serves `content` as Xet storage does: a token, the reconstruction, the xorb (chunk headers of eight bytes). */
export async function startXetStorage(content: Uint8Array): Promise<XetStorage> {
  const fileHash = "d5".repeat(32);
  const xorbHash = "e7".repeat(32);
  const chunks: Buffer[] = [];
  for (let start = 0; start < content.length; start += CHUNK) {
    const data = content.subarray(start, start + CHUNK);
    const head = Buffer.alloc(8);
    head.writeUIntLE(data.length, 1, 3);
    head.writeUIntLE(data.length, 5, 3);
    chunks.push(head, Buffer.from(data));
  }
  const xorb = Buffer.concat(chunks);
  const count = chunks.length / 2;
  const fetched: string[] = [];
  const server = createServer((request, response) => {
    const { url = "" } = request;
    const json = (value: unknown, headers: Record<string, string> = {}): void =>
      void response
        .writeHead(200, { "content-type": "application/json", ...headers })
        .end(JSON.stringify(value));
    if (url.startsWith("/token")) {
      const exp = Math.floor(Date.now() / 1000) + 3600;
      json(
        { accessToken: "xet", exp, casUrl: base },
        {
          "x-xet-cas-url": base,
          "x-xet-access-token": "xet",
          "x-xet-token-expiration": String(exp),
        },
      );
    } else if (url.includes("/reconstructions/")) {
      const start = Number(/bytes=(\d+)/.exec(request.headers.range ?? "")?.[1] ?? 0);
      if (start >= content.length) return void response.writeHead(416).end();
      const range = { start: 0, end: count };
      const terms = [{ hash: xorbHash, unpacked_length: content.length, range }];
      const bytes = { start: 0, end: xorb.length - 1 };
      const at = `${base}/xorb/${xorbHash}`;
      json(
        url.startsWith("/v1")
          ? {
              offset_into_first_range: start,
              terms,
              fetch_info: { [xorbHash]: [{ range, url: at, url_range: bytes }] },
            }
          : {
              offset_into_first_range: start,
              terms,
              xorbs: { [xorbHash]: [{ url: at, ranges: [{ chunks: range, bytes }] }] },
            },
      );
    } else if (url.startsWith("/xorb/")) {
      fetched.push(url);
      const range = `bytes 0-${xorb.length - 1}/${xorb.length}`;
      response.writeHead(206, { "content-length": xorb.length, "content-range": range }).end(xorb);
    } else response.writeHead(200).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    fetched,
    headers: {
      "x-xet-hash": fileHash,
      link: `<${base}/token>; rel="xet-auth", <${base}/v1/reconstructions/${fileHash}>; rel="xet-reconstruction-info"`,
    },
  };
}
