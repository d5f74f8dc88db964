import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findHome, replaceBeside } from "@mlx-download/cache/writing";
import { codedError } from "../contract/coded-error.ts";
import { readText } from "../settings/environment.ts";

/** A network about which the user has decided. */
export interface DecidedNetwork {
  readonly id: string;
  /** As it was then, for people. */
  readonly interface: string;
  readonly subnet: string;
  readonly allowed: boolean;
  /** ISO 8601. */
  readonly decidedAt: string;
}

/** The user's word on neighbours. Without it nothing is shared, and no neighbour is looked for. */
export interface SharingChoice {
  /** The cache's public blobs are offered on the allowed networks. */
  readonly on: boolean;
  readonly networks: readonly DecidedNetwork[];
}

const NOTHING: SharingChoice = { on: false, networks: [] };

/** Where the choice is kept: beside the configuration file. Undefined for a user without a home folder. */
export function sharingPath(env: NodeJS.ProcessEnv): string | undefined {
  const config = readText(env, "MLX_DOWNLOAD_CONFIG");
  if (config !== undefined) return join(dirname(config), "sharing.json");
  const home = findHome(env);
  const base =
    readText(env, "XDG_CONFIG_HOME") ?? (home === undefined ? undefined : join(home, ".config"));
  return base === undefined ? undefined : join(base, "mlx-download", "sharing.json");
}

/** The choice. Off, with no network, where there is no file or none that can be read. */
export async function readSharing(env: NodeJS.ProcessEnv = process.env): Promise<SharingChoice> {
  const path = sharingPath(env);
  if (path === undefined) return NOTHING;
  try {
    const { on, networks } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    return {
      on: on === true,
      networks: Array.isArray(networks) ? networks.filter(isDecided) : [],
    };
  } catch {
    return NOTHING;
  }
}

/** Changes the choice. Throws the coded error of the disk. */
export async function changeSharing(
  env: NodeJS.ProcessEnv,
  change: (before: SharingChoice) => SharingChoice,
): Promise<SharingChoice> {
  const path = sharingPath(env);
  const after = change(await readSharing(env));
  if (path === undefined) return after;
  try {
    await mkdir(dirname(path), { recursive: true });
    const text = JSON.stringify({ schema: 1, ...after }, undefined, 2);
    await replaceBeside(path, `${text}\n`, 0o600);
  } catch (error) {
    throw codedError(error, undefined);
  }
  return after;
}

function isDecided(value: unknown): value is DecidedNetwork {
  const entry = (value ?? {}) as Record<keyof DecidedNetwork, unknown>;
  const texts = [entry.id, entry.interface, entry.subnet, entry.decidedAt];
  return texts.every((text) => typeof text === "string") && typeof entry.allowed === "boolean";
}
