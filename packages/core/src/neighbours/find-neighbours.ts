import type { Discovery, Neighbour } from "./discovery.ts";
import { listNetworks, type Network } from "./network.ts";
import { readSharing } from "./sharing-file.ts";

/** How neighbours are looked for. */
export interface FindNeighboursOptions {
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Called once for each address, and again when the machine has come back. */
  readonly onFound: (neighbour: Neighbour) => void;
  readonly onLost?: ((name: string) => void) | undefined;
  /** Called with the networks that the user has not decided about, and that are not looked at. */
  readonly onUnknown?: ((networks: readonly Network[]) => void) | undefined;
}

/** A search that goes on until it is closed. */
export interface NeighbourSearch {
  close(): Promise<void>;
}

// An interface that comes back, or another network.
const LOOK_AGAIN_MS = 5_000;

/** Looks for neighbours, on the networks that the user has allowed alone. Nothing is sent on others. */
export async function findNeighbours(options: FindNeighboursOptions): Promise<NeighbourSearch> {
  const { env = process.env, onFound, onLost, onUnknown } = options;
  const searches = new Map<string, Promise<{ close(): Promise<void> }>>();
  const own = new Set<string>();
  let discovery: Promise<Discovery> | undefined;
  let isClosed = false;

  const look = async (): Promise<void> => {
    const [networks, { networks: decided }] = await Promise.all([listNetworks(), readSharing(env)]);
    if (isClosed) return;
    const allowed = new Set(decided.filter((one) => one.allowed).map(({ id }) => id));
    const known = new Set(decided.map(({ id }) => id));
    const wanted = new Map<string, Network>();
    for (const network of networks) {
      own.add(network.address);
      const { id } = network;
      if (id !== undefined && allowed.has(id)) wanted.set(`${id} ${network.address}`, network);
    }
    for (const [key, search] of searches) {
      if (wanted.has(key)) continue;
      searches.delete(key);
      void closeQuietly(search);
    }
    const strange = networks.filter(({ id, virtual }) => !virtual && !known.has(id ?? ""));
    if (wanted.size === 0 && strange.length > 0) onUnknown?.(strange);
    for (const [key, network] of wanted) {
      if (searches.has(key)) continue;
      const begin = async (): Promise<{ close(): Promise<void> }> => {
        const { openDiscovery } = await import("./open-discovery.ts");
        discovery ??= openDiscovery(env);
        return (await discovery).browse(network, {
          // This machine itself is no neighbour.
          onFound: (one) => !isClosed && !own.has(new URL(one.url).hostname) && onFound(one),
          onLost: (name) => !isClosed && onLost?.(name),
        });
      };
      const search = begin();
      search.catch(() => undefined);
      searches.set(key, search);
    }
    await Promise.allSettled(searches.values());
  };

  await look();
  const looking = setInterval(() => void look().catch(() => undefined), LOOK_AGAIN_MS).unref();
  return {
    async close() {
      isClosed = true;
      clearInterval(looking);
      await Promise.all([...searches.values()].map(closeQuietly));
    },
  };
}

async function closeQuietly(search: Promise<{ close(): Promise<void> }>): Promise<void> {
  try {
    await (await search).close();
  } catch {
    // it never began
  }
}
