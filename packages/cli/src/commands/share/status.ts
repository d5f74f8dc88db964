import type { Network } from "@mlx-download/core/neighbours";
import type { NeighbourNetwork, SharingState } from "@mlx-download/web";
import { readProcess } from "./sharing-process.ts";

/** The state of sharing. Neighbours are looked for so long, in ms; 0: not at all. */
export async function sharingStatus(
  env: NodeJS.ProcessEnv,
  { lookMs }: { readonly lookMs: number },
): Promise<SharingState> {
  const { findNeighbours, isMetered, listNetworks, readSharing } =
    await import("@mlx-download/core/neighbours");
  const [{ on, networks: decided }, here, running] = await Promise.all([
    readSharing(env),
    listNetworks(),
    readProcess(env),
  ]);
  const doors = new Map(running?.doors.map((door) => [new URL(door.url).hostname, door.url]));
  const now = await Promise.all(
    here.map(async (network): Promise<NeighbourNetwork> => ({
      ...shown(network),
      allowed: decided.find(({ id }) => id === network.id)?.allowed ?? null,
      metered: await isMetered(network),
      url: doors.get(network.address) ?? null,
    })),
  );
  const away = decided
    .filter(({ id }) => here.every((network) => network.id !== id))
    .map(({ id, interface: name, subnet, allowed }): NeighbourNetwork => ({
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
}: Network): Pick<NeighbourNetwork, "id" | "interface" | "subnet" | "address" | "virtual"> {
  return { id: id ?? null, interface: name, subnet, address, virtual };
}
