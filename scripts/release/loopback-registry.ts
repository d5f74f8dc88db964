import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An npm registry on this machine, in memory, for one test. */
export interface LoopbackRegistry {
  readonly url: string;
  /** `name@version` of all that was published, in order. */
  readonly published: readonly string[];
  /** Method and path of all that was asked. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** What `npm publish` sends (npm-registry-client's document, as libnpmpublish 11 writes it). */
interface Publication {
  readonly name: string;
  readonly versions: Readonly<Record<string, { dist: { tarball: string } }>>;
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

/** Starts a registry that takes and gives packages, and knows no other ones. A version is published once. */
export async function startLoopbackRegistry(): Promise<LoopbackRegistry> {
  const documents = new Map<string, Publication>();
  const tarballs = new Map<string, Buffer>();
  const published: string[] = [];
  const requests: string[] = [];
  const answer = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://registry").pathname);
    const name = path.slice(1);
    requests.push(`${request.method} ${path}`);
    if (request.method === "PUT") {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const sent = JSON.parse(Buffer.concat(pieces).toString("utf8")) as Publication;
      const known = documents.get(name);
      for (const [version, { dist }] of Object.entries(sent.versions)) {
        if (known?.versions[version]) return answer(response, 409, { error: "there already" });
        const [attachment] = Object.values(sent["_attachments"]);
        const place = `${name}/-/${version}.tgz`;
        tarballs.set(place, Buffer.from(attachment?.data ?? "", "base64"));
        dist.tarball = `${url}${place}`;
        published.push(`${name}@${version}`);
      }
      const versions = { ...known?.versions, ...sent.versions };
      documents.set(name, { ...sent, versions, _attachments: {} });
      return answer(response, 201, { ok: true });
    }
    const tarball = tarballs.get(name);
    if (tarball !== undefined) return void response.writeHead(200).end(tarball);
    const known = documents.get(name);
    return known === undefined
      ? answer(response, 404, { error: "not found" })
      : answer(response, 200, known);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    published,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
