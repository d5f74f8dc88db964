import {
  changeSharing,
  listNetworks,
  type Network,
  readSharing,
  type SharingChoice,
} from "@mlx-download/core/neighbours";
import { usage } from "../../command-line/usage.ts";

/**
 * The networks that the words name, by subnet, interface or id. Without words those that this machine is on, but for
 * those that software on it made. Throws `cli/usage` for a word that names none.
 */
export async function namedNetworks(words: readonly string[]): Promise<readonly Network[]> {
  const here = await listNetworks();
  if (words.length === 0) return here.filter(({ virtual, id }) => !virtual && id !== undefined);
  return words.flatMap((word) => {
    const found = here.filter((network) => names(network, word));
    if (found.length > 0) return found;
    const known = here.map((one) => `${one.subnet} (${one.interface})`).join(", ");
    throw usage(
      `this machine is on no network ${word}`,
      known === "" ? "Connect it to a network first." : `It is on: ${known}.`,
    );
  });
}

/** Writes down that these networks are allowed, or not. Those without an id are left out. */
export async function decide(
  networks: readonly Network[],
  { allowed, env }: { readonly allowed: boolean; readonly env: NodeJS.ProcessEnv },
): Promise<SharingChoice> {
  const decidedAt = new Date().toISOString();
  const decided = networks.flatMap(({ id, interface: name, subnet }) =>
    id === undefined ? [] : [{ id, interface: name, subnet, allowed, decidedAt }],
  );
  const ids = new Set(decided.map(({ id }) => id));
  return changeSharing(env, (before) => ({
    ...before,
    networks: [...before.networks.filter(({ id }) => !ids.has(id)), ...decided],
  }));
}

/**
 * Takes back what was decided about the networks that the words name, whether this machine is on them or not. Resolves
 * with how many there were. Throws `cli/usage` for a word that names none.
 */
export async function forget(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { networks } = await readSharing(env);
  const ids = new Set<string>();
  for (const word of words) {
    const found = networks.filter((network) => names(network, word));
    for (const { id } of found) ids.add(id);
    if (found.length > 0) continue;
    throw usage(
      `nothing is decided about a network ${word}`,
      "mlx-download share status lists the networks.",
    );
  }
  await changeSharing(env, (before) => ({
    ...before,
    networks: before.networks.filter(({ id }) => !ids.has(id)),
  }));
  return ids.size;
}

function names(
  network: {
    readonly id?: string | undefined;
    readonly interface: string;
    readonly subnet: string;
  },
  word: string,
): boolean {
  return [network.id, network.interface, network.subnet].includes(word);
}
