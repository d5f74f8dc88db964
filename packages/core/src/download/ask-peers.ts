import { createHubClient } from "../hub/client.ts";
import { askRepoAccess } from "../hub/ask-repo-access.ts";
import type { HubClient } from "../hub/hub-client.ts";
import type { TypedRepo } from "../hub/repo-segments.ts";
import type { NeighbourSearch } from "../neighbours/find-neighbours.ts";
import type { DownloadRequest } from "../request/download-request.ts";
import type { DownloadPlan } from "../transfer/plan.ts";
import { createPeers, type Peers } from "../transfer/sources/peers.ts";

/** The peers of the settings, asked for the blobs to fetch. Undefined without any. */
export async function askPeers(
  request: DownloadRequest,
  plan: DownloadPlan,
  client: HubClient,
): Promise<Peers | undefined> {
  const { settings, repoId, repoType, signal, env } = request;
  const { peers: addresses, findPeers, offline } = settings;
  if ((addresses.length === 0 && !findPeers) || offline || plan.blobs.length === 0) {
    return undefined;
  }
  const peers = createPeers(addresses, {
    env,
    signal,
    find: findPeers ? (onFound) => search(request, onFound) : undefined,
    isPublic: () => isPublic(client, { repoId, repoType }, { env, signal }),
  });
  await peers.ask(
    plan.blobs.map(({ files: [{ path, digest }], size }) => ({ path, size, digest })),
  );
  return peers;
}

/** Looks for neighbours. They are told of by an event when they are first seen. */
async function search(
  { env, emit }: DownloadRequest,
  onFound: (url: string) => void,
): Promise<NeighbourSearch> {
  const { findNeighbours } = await import("../neighbours/find-neighbours.ts");
  const seen = new Set<string>();
  return findNeighbours({
    env,
    onFound({ name, url }) {
      if (!seen.has(url)) emit({ type: "neighbour-found", name, url });
      seen.add(url);
      onFound(url);
    },
    onUnknown(networks) {
      const subnets = networks.map(({ subnet }) => subnet).join(", ");
      emit({
        type: "warning",
        code: "peers/network-not-allowed",
        topic: subnets,
        message: `Neighbours are not looked for on ${subnets}: you have not allowed it there`,
        hint: "Allow this network with mlx-download share allow, or name the peers by their addresses.",
      });
    },
  });
}

/** Whether the Hub gives the repo to everyone. Blobs that it gave us without a token, it gives to all. */
async function isPublic(
  { settings }: HubClient,
  repo: TypedRepo,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<boolean> {
  if (settings.token === undefined) return true;
  const anonymous = createHubClient({ ...settings, token: undefined }, { env, signal });
  try {
    return (await askRepoAccess(anonymous.hasty, repo, signal)) === "open";
  } finally {
    await anonymous.close();
  }
}
