import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import {
  type Discovery,
  isInSubnet,
  isMetered,
  listNetworks,
  MOST_NAME_BYTES,
  type Network,
  openDiscovery,
  readSharing,
} from "@mlx-download/core/neighbours";
import type { NeighbourServer } from "@mlx-download/hub-server";
import type { OpenDoor } from "./sharing-process.ts";

/** Where and how a cache is offered. */
export interface OfferOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly server: NeighbourServer;
  readonly port: number;
  readonly signal: AbortSignal;
  /** Called after each look at the networks, with the doors that are open. */
  readonly onLook: (doors: readonly OpenDoor[]) => Promise<void>;
  readonly onWarning: (message: string) => void;
}

interface Place {
  readonly door: OpenDoor;
  close(): Promise<void>;
}

const LOOK_MS = 2_000;

/**
 * Offers the server on every network that the user has allowed and that is not metered, and announces it there, until
 * the signal is aborted or the user says `share off`. Follows networks that come and go.
 */
export async function offer(options: OfferOptions): Promise<void> {
  const { env, server, port, signal, onLook, onWarning } = options;
  const discovery = await openDiscovery(env);
  const name = instanceName(hostname(), randomBytes(3).toString("hex"));
  const places = new Map<string, Place>();
  const failed = new Map<string, string>();

  const open = async (key: string, network: Network): Promise<void> => {
    try {
      places.set(key, await openPlace(network, { server, port, name, discovery }));
      failed.delete(key);
    } catch (error) {
      const message = `Nothing is offered on ${network.subnet}: ${error instanceof Error ? error.message : String(error)}`;
      if (failed.get(key) !== message) onWarning(message);
      failed.set(key, message);
    }
  };
  const look = async (): Promise<boolean> => {
    const [networks, { on, networks: decided }] = await Promise.all([
      listNetworks(),
      readSharing(env),
    ]);
    const allowed = new Set(decided.filter((one) => one.allowed).map(({ id }) => id));
    const wanted = new Map<string, Network>();
    for (const network of networks) {
      const { id, address } = network;
      if (!on || id === undefined || !allowed.has(id)) continue;
      const key = `${id} ${address}`;
      if (places.has(key) || !(await isMetered(network))) wanted.set(key, network);
    }
    for (const [key, place] of places) {
      if (wanted.has(key)) continue;
      places.delete(key);
      await place.close();
    }
    for (const [key, network] of wanted) {
      if (!places.has(key)) await open(key, network);
    }
    await onLook([...places.values()].map(({ door }) => door));
    return on;
  };

  try {
    while (!signal.aborted && (await look())) await pause(LOOK_MS, signal);
  } finally {
    await Promise.all([...places.values()].map((place) => place.close()));
  }
}

async function openPlace(
  network: Network,
  {
    server,
    port,
    name,
    discovery,
  }: Pick<OfferOptions, "server" | "port"> & {
    readonly name: string;
    readonly discovery: Discovery;
  },
): Promise<Place> {
  const { address, subnet } = network;
  const door = await server.open({ host: address, port }, (from) => isInSubnet(from, subnet));
  const announced = await discovery
    .announce(network, { name, port: door.port })
    .catch(async (error: unknown) => {
      await door.close();
      throw error;
    });
  return {
    door: { network: subnet, url: `http://${address}:${door.port}` },
    async close() {
      // First no longer announced, so that no neighbour comes to a closed door.
      await announced.close();
      await door.close();
    },
  };
}

/** The host's name without its domain and a random ending, in one DNS label. */
function instanceName(host: string, random: string): string {
  const [first = ""] = host.split(".");
  const plain = first.replaceAll(/[^\w-]+/g, "-").slice(0, MOST_NAME_BYTES - 7) || "mac";
  return `${plain}-${random}`;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
