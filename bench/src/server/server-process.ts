// The process that answers: a Hub for every road, and the bytes of those that nginx does not serve.
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import {
  createDirectoryStore,
  createHub,
  type Hub,
  type RepoStore,
} from "@mlx-download/hub-server";
import { createPacedListener, type Pace } from "./paced-listener.ts";
import type { Road, ServerMessage, ServerRequest } from "./protocol.ts";

let closedBytes = 0;
const open = new Set<Socket>();

function bytesSent(): number {
  let sum = closedBytes;
  for (const socket of open) sum += socket.bytesWritten;
  return sum;
}

async function listen(server: Server): Promise<number> {
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      closedBytes += socket.bytesWritten;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function serveHub(store: RepoStore, cdnUrl: string, latencyMs = 0): Promise<[string, Hub]> {
  const hub = createHub({ store, cdnUrl });
  const listener: RequestListener = (request, response) => {
    if (latencyMs === 0) hub.listener(request, response);
    else setTimeout(() => hub.listener(request, response), latencyMs);
  };
  return [`http://127.0.0.1:${await listen(createServer(listener))}`, hub];
}

/** A Hub whose CDN is nginx or, where there is none, its own. */
async function serveRoad(
  store: RepoStore,
  nginxUrl: string | undefined,
  certificate: ServerRequest["certificate"] | "none",
): Promise<string> {
  if (nginxUrl !== undefined) return (await serveHub(store, nginxUrl))[0];
  let hub: Hub | undefined;
  const listener: RequestListener = (request, response) => hub?.cdnListener(request, response);
  const secure = certificate !== "none" && certificate !== undefined;
  const server = secure
    ? createTlsServer(
        { key: readFileSync(certificate.key), cert: readFileSync(certificate.cert) },
        listener,
      )
    : createServer(listener);
  const cdnUrl = `${secure ? "https" : "http"}://localhost:${await listen(server)}`;
  const [url, served] = await serveHub(store, cdnUrl);
  hub = served;
  return url;
}

async function start(request: ServerRequest): Promise<Record<Road, string | undefined>> {
  const { root, certificate, nginx, paces } = request;
  const store = await createDirectoryStore(root);
  // Digested now, not while a client waits.
  for (const repo of await store.list()) await repo.refs();
  const paced = async (pace: Pace): Promise<string> => {
    const port = await listen(createServer(createPacedListener(root, pace)));
    return (await serveHub(store, `http://localhost:${port}`, pace.latencyMs))[0];
  };
  return {
    plain: await serveRoad(store, nginx?.plainUrl, "none"),
    tls: certificate && (await serveRoad(store, nginx?.tlsUrl, certificate)),
    slow: await paced(paces.slow),
    resume: await paced(paces.resume),
    stalling: await paced(paces.stalling),
    crawling: await paced(paces.crawling),
  };
}

const say = (message: ServerMessage): void => void process.send?.(message);
process.once("message", (request: ServerRequest) => {
  process.on("message", () => say({ type: "sent", bytes: bytesSent() }));
  start(request).then(
    (hubs) => say({ type: "ready", hubs }),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());
