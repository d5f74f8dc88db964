import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { HubAnswer } from "../http/answer.ts";
import { createAdmission } from "./admission.ts";
import { blobAnswer, requestedDigest } from "./blob-answer.ts";
import { connectionLimits, IDLE_MS, listen } from "../http/listen.ts";
import { createMirrorListener } from "./mirror-listener.ts";
import type { OnMirrorEvent } from "./mirror-event.ts";
import { createOfferedBlobs, type OfferedRepo } from "./offered-blobs.ts";
import type { MirrorUpstream } from "./upstream.ts";

/** How a cache is offered to neighbours. */
export interface NeighbourServerOptions {
  readonly cacheDir: string;
  /** The Hub that is asked which repos are public. Without one, those that were public when it was asked last. */
  readonly upstream?: MirrorUpstream | undefined;
  /** Requests of one neighbour at once (default 32). */
  readonly requestsPerClient?: number | undefined;
  readonly onEvent?: OnMirrorEvent | undefined;
}

/** One address on which blobs are offered. */
export interface NeighbourDoor {
  readonly port: number;
  /** Cuts running answers: neighbours go on elsewhere. */
  close(): Promise<void>;
}

/** The public blobs of a cache, by digest alone: no name of a repo goes in or out. */
export interface NeighbourServer {
  /**
   * Opens a door on an address of this machine, for clients that `admits` accepts. Another port is taken where the wanted
   * one is not free. Throws `hub-server/cannot-listen`.
   */
  open(
    at: { readonly host: string; readonly port: number },
    admits: (address: string) => boolean,
  ): Promise<NeighbourDoor>;
  /** Resolves when it is known for the first time which models are offered. The Hub is asked about each of them. */
  readonly firstLook: Promise<void>;
  /** What is offered now. For this machine's user. */
  repos(): readonly OfferedRepo[];
  /** Body bytes by the address of the neighbour that took them. */
  served(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

const REQUESTS_PER_CLIENT = 32;
const MOST_CONNECTIONS = 256;
const MOST_CLIENTS = 1_000;

/** Makes a {@link NeighbourServer}. It is reachable from nowhere before a door is opened. */
export function createNeighbourServer(options: NeighbourServerOptions): NeighbourServer {
  const { cacheDir, upstream, requestsPerClient = REQUESTS_PER_CLIENT, onEvent } = options;
  const stop = new AbortController();
  const now = Date.now;
  const admit = createAdmission({
    cacheDir,
    upstream,
    share: "public",
    serverToken: undefined,
    now,
    signal: stop.signal,
  });
  const offered = createOfferedBlobs({
    cacheDir,
    now,
    isPublic: async (repo) => {
      const verdict = await admit(repo, undefined);
      return verdict.kind === "open" && verdict.isPublic;
    },
  });
  const firstLook = offered.refresh().catch(() => undefined);
  const served = new Map<string, number>();
  const doors = new Set<NeighbourDoor>();

  const listening = createMirrorListener({
    handle: async (request): Promise<HubAnswer> => {
      const isRead = request.method === "GET" || request.method === "HEAD";
      const hex = isRead ? requestedDigest(new URL(request.url).pathname) : undefined;
      return blobAnswer(request, hex ?? "", hex === undefined ? undefined : offered.find(hex));
    },
    requestsPerClient,
    onRefused: () => undefined,
    onAnswered(said) {
      const { client, bytes } = said;
      if (bytes > 0 && (served.has(client) || served.size < MOST_CLIENTS))
        served.set(client, (served.get(client) ?? 0) + bytes);
      onEvent?.({ type: "request", at: now(), ...said });
    },
    onError: (error) =>
      onEvent?.({
        type: "warning",
        at: now(),
        code: "mirror/failed",
        message: String(error).slice(0, 500),
      }),
  });

  return {
    async open({ host, port }, admits) {
      const server = createServer(connectionLimits(), listening.listener);
      server.maxConnections = MOST_CONNECTIONS;
      server.setTimeout(IDLE_MS);
      server.on("connection", (socket) => {
        if (!admits(socket.remoteAddress ?? "")) socket.destroy();
      });
      await listen(server, { host, port }).catch(() => listen(server, { host, port: 0 }));
      const door: NeighbourDoor = {
        port: (server.address() as AddressInfo).port,
        close() {
          doors.delete(door);
          return shut(server);
        },
      };
      doors.add(door);
      return door;
    },
    firstLook,
    repos: () => offered.repos(),
    served: () => served,
    async close() {
      stop.abort(new Error("sharing ends"));
      await Promise.all([...doors].map((door) => door.close()));
    },
  };
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
