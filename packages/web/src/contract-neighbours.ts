/** One network of this machine and what the user said of it. */
export interface NeighbourNetwork {
  /** Null for a network that cannot be told apart from others, and so cannot be allowed. */
  readonly id: string | null;
  readonly interface: string;
  readonly subnet: string;
  /** Null: this machine is not on it now. */
  readonly address: string | null;
  /** Null: not decided. */
  readonly allowed: boolean | null;
  /** It costs by the byte: nothing is served there. */
  readonly metered: boolean;
  readonly virtual: boolean;
  /** Where the cache is offered now. */
  readonly url: string | null;
}

/** The state of sharing, as the page and `share status --json` show it. Bytes. */
export interface SharingState {
  readonly on: boolean;
  /** Null: no process shares now. */
  readonly process: { readonly pid: number; readonly startedAt: string } | null;
  readonly networks: readonly NeighbourNetwork[];
  readonly shared: readonly {
    readonly repoId: string;
    readonly blobs: number;
    readonly bytes: number;
  }[];
  /** What neighbours took. */
  readonly served: readonly { readonly address: string; readonly bytes: number }[];
  readonly neighbours: readonly { readonly name: string; readonly url: string }[];
}

/** What a download of this page took from one neighbour. */
export interface TakenBytes {
  /** `host:port` */
  readonly from: string;
  readonly repoId: string;
  readonly bytes: number;
}

/** Everything that the page shows about neighbours. */
export interface NeighboursPage extends SharingState {
  /** Since the server's start. */
  readonly taken: readonly TakenBytes[];
  /** Downloads of the page look for neighbours, or ask some by their addresses. */
  readonly takes: boolean;
}
