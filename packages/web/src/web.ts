import { listRepos } from "@mlx-download/cache";
import {
  applyUpdate,
  download,
  type DownloadEvent,
  type DownloadOptions,
  type HubOptions,
  planUpdate,
  readSettings,
  type SelectionOptions,
} from "@mlx-download/core";
import type { CatalogueModel, SearchAnswer } from "@mlx-download/registry";
import type { DoctorRow, SettingRow } from "./contract.ts";
import type { SharingState } from "./contract-neighbours.ts";
import { createTakenTally, type TakenTally } from "./neighbours/taken.ts";
import { createFeed, type Feed } from "./feed/feed.ts";
import { createRemovals, type Removals } from "./library/removals.ts";
import { createVerifications, type Verifications } from "./library/verifications.ts";
import { createFindMachine, type FindMachine } from "./models/machine.ts";
import { discardDownload } from "./queue/discard-download.ts";
import { type DownloadQueue, openQueue } from "./queue/queue.ts";

/** A question to the catalogue or the Hub. */
export interface WebQuestion {
  readonly query: string;
  readonly limit: number;
  readonly here: ReadonlySet<string>;
  readonly fits: (model: CatalogueModel) => boolean;
  readonly signal: AbortSignal;
}

/** The ways to sharing with neighbours. */
export interface WebSharing {
  readonly read: () => Promise<SharingState>;
  /** Starts or ends the process that shares. */
  readonly turn: (on: boolean) => Promise<void>;
  /** Allows a network, or takes that back. */
  readonly decide: (id: string, allowed: boolean) => Promise<void>;
}

/** The options of the page. */
export interface WebOptions {
  /** The places of Hub and cache, and the token. Read once. */
  readonly hub: Omit<HubOptions, "signal" | "onEvent" | "revision">;
  /** Which files downloads take. */
  readonly selection?: SelectionOptions | undefined;
  /** The ways that the bytes of downloads come. */
  readonly transfer?: Pick<DownloadOptions, "connections" | "peers" | "xet"> | undefined;
  readonly version: string;
  /** The folder that keeps queue and token, made when it is not there. */
  readonly stateDir: string;
  /** Answers searches, as the command line does. */
  readonly search: (
    question: WebQuestion,
  ) => Promise<SearchAnswer & { readonly source: "catalogue" | "hub" }>;
  readonly settings: () => Promise<readonly SettingRow[]>;
  readonly doctor: () => Promise<readonly DoctorRow[]>;
  /** Sharing with neighbours, as the command line does it. */
  readonly sharing: WebSharing;
  /** Hears what the downloads say. */
  readonly onEvent?: ((event: DownloadEvent) => void) | undefined;
  /** How long a removal can be taken back, in ms. Default 10,000. */
  readonly undoMs?: number | undefined;
}

/** The inputs of the routes. */
export interface WebParts {
  readonly cacheDir: string;
  readonly hub: WebOptions["hub"];
  readonly refs: Pick<HubOptions, "endpoint" | "env">;
  readonly feed: Feed;
  readonly queue: DownloadQueue;
  readonly removals: Removals;
  readonly verifications: Verifications;
  readonly findMachine: FindMachine;
  readonly search: WebOptions["search"];
  readonly settings: WebOptions["settings"];
  readonly doctor: WebOptions["doctor"];
  readonly sharing: WebSharing;
  readonly taken: TakenTally;
  /** Downloads ask neighbours. */
  readonly takes: boolean;
  /** Aborted when the server ends. */
  readonly signal: AbortSignal;
  /** Says that the cache may have changed. */
  readonly changed: () => void;
}

/** Puts everything behind the page together. `queuePath` is the file of the queue. */
export async function openParts(
  options: WebOptions,
  queuePath: string,
): Promise<WebParts & AsyncDisposable> {
  const { hub, version, selection, transfer } = options;
  const { cacheDir, endpoint, offline, peers, findPeers } = await readSettings({
    ...hub,
    peers: transfer?.peers,
  });
  const taken = createTakenTally();
  const feed = createFeed();
  const ending = new AbortController();
  let library = 0;
  const startedAt = Date.now();
  const changed = (): void => {
    library += 1;
    feed.set("server", { version, startedAt, cacheDir, endpoint, offline, library });
  };
  changed();
  const queue = await openQueue({
    path: queuePath,
    feed,
    onLibraryChange: changed,
    async download({ repoId, revision }, { signal, limitRate, onEvent }) {
      const ref = { repoId, revision };
      const work = {
        ...hub,
        ...transfer,
        signal,
        limitRate,
        onEvent(event: DownloadEvent) {
          onEvent(event);
          taken.onEvent(event);
          options.onEvent?.(event);
        },
      };
      // A branch that is here gets the files that it has here, and moves last.
      const update = await planUpdate(ref, { ...hub, signal }).catch(() => undefined);
      signal.throwIfAborted();
      await (update ? applyUpdate(update, work) : download(ref, { ...work, ...selection }));
    },
    discard: (item) => discardDownload(item, cacheDir),
    isHere: async (repoId) =>
      (await listRepos(cacheDir).catch(() => [])).some(
        (repo) => repo.repoType === "model" && repo.repoId === repoId,
      ),
  });
  const removals = createRemovals(cacheDir, {
    feed,
    onLibraryChange: changed,
    undoMs: options.undoMs,
  });
  const verifications = createVerifications({ ...hub }, feed);
  return {
    cacheDir,
    hub,
    refs: { endpoint: hub.endpoint, env: hub.env },
    feed,
    queue,
    removals,
    verifications,
    findMachine: createFindMachine(),
    search: options.search,
    settings: options.settings,
    doctor: options.doctor,
    sharing: options.sharing,
    taken,
    takes: findPeers || peers.length > 0,
    signal: ending.signal,
    changed,
    async [Symbol.asyncDispose]() {
      ending.abort(new Error("the server ends"));
      removals[Symbol.dispose]();
      await Promise.all([queue[Symbol.asyncDispose](), verifications[Symbol.asyncDispose]()]);
    },
  };
}
