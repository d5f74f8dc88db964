import type { Network } from "@mlx-download/core/neighbours";
import type { OfferedRepo } from "@mlx-download/hub-server";
import { readProcess } from "./sharing-process.ts";

/** One network and what the user said of it. */
export interface SharingNetwork {
  /** Null for a network that cannot be told apart from others, and so cannot be allowed. */
  readonly id: string | null;
  readonly interface: string;
  readonly subnet: string;
  /** This machine's address there. Null for a network that it is not on now. */
  readonly address: string | null;
  /** Null: the user has not decided. */
  readonly allowed: boolean | null;
  /** It costs by the byte: nothing is served there. */
  readonly metered: boolean;
  readonly virtual: boolean;
  /** Where the cache is offered now. */
  readonly url: string | null;
}

/** Everything about neighbours, as `share status --json` and the page show it. */
export interface SharingStatus {
  readonly on: boolean;
  readonly process: { readonly pid: number; readonly startedAt: string } | null;
  readonly networks: readonly SharingNetwork[];
  readonly shared: readonly OfferedRepo[];
  readonly served: readonly { readonly address: string; readonly bytes: number }[];
  readonly neighbours: readonly { readonly name: string; readonly url: string }[];
}

/** The state of sharing. Neighbours are looked for so long, in ms; 0: not at all. */
export async function sharingStatus(
  env: NodeJS.ProcessEnv,
  { lookMs }: { readonly lookMs: number },
): Promise<SharingStatus> {
  const { findNeighbours, isMetered, listNetworks, readSharing } =
    await import("@mlx-download/core/neighbours");
  const [{ on, networks: decided }, here, running] = await Promise.all([
    readSharing(env),
    listNetworks(),
    readProcess(env),
  ]);
  const doors = new Map(running?.doors.map((door) => [new URL(door.url).hostname, door.url]));
  const now = await Promise.all(
    here.map(async (network): Promise<SharingNetwork> => ({
      ...shown(network),
      allowed: decided.find(({ id }) => id === network.id)?.allowed ?? null,
      metered: await isMetered(network),
      url: doors.get(network.address) ?? null,
    })),
  );
  const away = decided
    .filter(({ id }) => here.every((network) => network.id !== id))
    .map(({ id, interface: name, subnet, allowed }): SharingNetwork => ({
      id,
      interface: name,
      subnet,
      address: null,
      allowed,
      metered: false,
      virtual: false,
      url: null,
    }));
  const neighbours = new Map<string, { readonly name: string; readonly url: string }>();
  // Nothing is heard where nothing may be asked.
  if (lookMs > 0 && now.some(({ allowed }) => allowed === true)) {
    const search = await findNeighbours({
      env,
      onFound: (one) => neighbours.set(one.name, one),
      onLost: (name) => neighbours.delete(name),
    });
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    await search.close();
  }
  return {
    on,
    process: running === undefined ? null : { pid: running.pid, startedAt: running.startedAt },
    networks: [...now, ...away],
    shared: running?.shared ?? [],
    served: running?.served ?? [],
    neighbours: [...neighbours.values()],
  };
}

function shown({
  id,
  interface: name,
  subnet,
  address,
  virtual,
}: Network): Pick<SharingNetwork, "id" | "interface" | "subnet" | "address" | "virtual"> {
  return { id: id ?? null, interface: name, subnet, address, virtual };
}
