import { setTimeout as sleep } from "node:timers/promises";
import type { Reconstruction, XetClient, XetFile } from "@mlx-download/xet";
import type { DownloadEventBody } from "../../contract/events.ts";
import type { Snapshot } from "../../contract/snapshot.ts";
import { unlessAborted } from "../../http/unless-aborted.ts";
import type { HubClient } from "../../hub/hub-client.ts";
import { serverWait } from "../../hub/server-wait.ts";
import { createXetFetch } from "./xet-fetch.ts";
import { XetFailure, type XetPhase } from "./xet-failure.ts";

/** The way to the files of one snapshot through Xet storage. */
export interface XetRoute {
  readonly client: HubClient;
  /** Why no further file tries it. Undefined while it works. */
  readonly failed: XetFailure | undefined;
  /** Notes a failure. One of a host ends the route for the rest of the download. */
  fail(failure: XetFailure): void;
  /** How a file is put together. Waits and asks again as long as that is worth it. Throws `XetFailure`. */
  reconstruct(file: XetFile, signal: AbortSignal): Promise<readonly Reconstruction[]>;
  /** The same for files of another commit, whose storage token is another one. Its failures end nothing here. */
  at(commit: string | undefined): Pick<XetRoute, "reconstruct">;
  /** Whether the host takes ranges inside of a listed one. Undefined until one was tried. */
  readonly subRanges: Map<string, boolean>;
  /** The questions about that which were asked, by host. */
  readonly probes: Map<string, Promise<boolean>>;
}

/** The inputs of a route. */
export interface XetRouteOptions {
  readonly client: HubClient;
  readonly snapshot: Pick<Snapshot, "repoId" | "repoType" | "commit">;
  readonly emit: (event: DownloadEventBody) => void;
}

const DELAYS_MS = [250, 1000];
// A host that says nothing for so long is not asked again: the plain route is there.
const LONGEST_TRY_MS = 3_000;
const LONGEST_WAIT_MS = 10_000;

/** A route that asks nothing before the first file. */
export function createXetRoute({ client, snapshot, emit }: XetRouteOptions): XetRoute {
  const { repoId, repoType = "model" } = snapshot;
  /** By commit. */
  const clients = new Map<string, Promise<XetClient>>();
  let failed: XetFailure | undefined;
  /** A pause that a server asked for. It is for all files of the repo. */
  let pausedUntil = 0;

  const connect = async (commit: string): Promise<XetClient> => {
    const { createXetClient, createXetTokens } = await import("@mlx-download/xet");
    const fetch = createXetFetch(client);
    const { endpoint } = client.settings;
    const type = repoType === "dataset" || repoType === "space" ? repoType : "model";
    const tokens = createXetTokens({ endpoint, repoType: type, repoId, revision: commit, fetch });
    return createXetClient({ tokens, fetch });
  };

  const rest = async (signal: AbortSignal): Promise<void> => {
    for (let ms = pausedUntil - Date.now(); ms > 0; ms = pausedUntil - Date.now()) {
      await sleep(ms, undefined, { signal });
    }
  };

  const reconstruct = async (
    commit: string,
    file: XetFile,
    signal: AbortSignal,
  ): Promise<readonly Reconstruction[]> => {
    const connecting = clients.get(commit) ?? connect(commit);
    clients.set(commit, connecting);
    const xet = await connecting;
    for (let attempt = 1; ; attempt += 1) {
      await rest(signal);
      if (failed !== undefined) throw failed;
      const began = performance.now();
      try {
        return await unlessAborted(xet.reconstruct(file, { signal }), signal);
      } catch (error) {
        signal.throwIfAborted();
        const failure = failureOf(error, client);
        const isSlow = performance.now() - began > LONGEST_TRY_MS;
        const waitMs = isSlow ? undefined : waitOf(error, attempt);
        if (waitMs === undefined) throw failure;
        const until = Date.now() + waitMs;
        if (failure.facts.code === "xet/rate-limited" && until > pausedUntil) {
          pausedUntil = until;
          emit(serverWait({ host: failure.facts.host, code: "hub/rate-limited" }, waitMs));
        }
        await sleep(waitMs, undefined, { signal });
      }
    }
  };

  return {
    client,
    get failed() {
      return failed;
    },
    fail(failure) {
      if (failure.facts.forAll) failed ??= failure;
    },
    reconstruct: (file, signal) => reconstruct(snapshot.commit, file, signal),
    at: (commit = snapshot.commit) => ({
      reconstruct: (file, signal) => reconstruct(commit, file, signal),
    }),
    subRanges: new Map(),
    probes: new Map(),
  };
}

interface XetLike {
  readonly code: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An error of the package, which is not loaded here, so that no class of it can be asked for. */
export function asXetError(error: unknown): XetLike | undefined {
  const { code } = error as Partial<XetLike>;
  const isOne = error instanceof Error && typeof code === "string" && code.startsWith("xet/");
  return isOne ? (error as Error & XetLike) : undefined;
}

/** The host that an error names. */
export function hostOf({ data }: XetLike): string | undefined {
  const { host } = data;
  return typeof host === "string" ? host : undefined;
}

function failureOf(error: unknown, { settings }: HubClient): XetFailure {
  const known = asXetError(error);
  if (known === undefined) throw error;
  const phase: XetPhase = known.data["phase"] === "token" ? "token" : "reconstruction";
  const host = hostOf(known) ?? new URL(settings.endpoint).host;
  const ofFile = known.code === "xet/not-found" && phase === "reconstruction";
  const forAll =
    !ofFile && !["xet/invalid-reconstruction", "xet/invalid-hash"].includes(known.code);
  return new XetFailure(known.message, { code: known.code, phase, host, forAll }, error);
}

/** How long to wait before asking again. Undefined when that is not worth it. */
function waitOf(error: unknown, attempt: number): number | undefined {
  const { code, data } = asXetError(error) ?? {};
  const asked = data?.["retryAfterMs"];
  const heals =
    code === "xet/rate-limited" ||
    code === "xet/unavailable" ||
    // An answer that broke off, or that something else gave.
    code === "xet/invalid-reconstruction";
  const delay = heals ? DELAYS_MS[attempt - 1] : undefined;
  if (delay === undefined) return undefined;
  const ms = Math.max(delay, typeof asked === "number" ? asked : 0);
  return ms > LONGEST_WAIT_MS ? undefined : ms;
}
