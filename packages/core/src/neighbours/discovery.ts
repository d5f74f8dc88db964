import type { Network } from "./network.ts";

/** Another machine that says it shares. Everything but the address that it spoke from is its own word. */
export interface Neighbour {
  /** Its own name for itself, with a random ending: two machines may have the same host name. */
  readonly name: string;
  /** The address for `--peers`. */
  readonly url: string;
}

/** The listeners for one network. */
export interface NetworkEars {
  readonly onFound: (neighbour: Neighbour) => void;
  /** It said goodbye. */
  readonly onLost: (name: string) => void;
}

/** Speaks DNS-SD on one network at a time: by a library, or by the system's own service. */
export interface Discovery {
  announce(
    network: Network,
    service: { readonly name: string; readonly port: number },
  ): Promise<{ close(): Promise<void> }>;
  browse(network: Network, ears: NetworkEars): Promise<{ close(): Promise<void> }>;
}

/** The service type, `_mlx-download._tcp`, without its underscores. */
export const SERVICE = "mlx-download";
/** The version of the protocol that neighbours speak over HTTP. */
export const PROTOCOL = "1";
/** A name as DNS-SD takes one: one label. */
export const MOST_NAME_BYTES = 63;
