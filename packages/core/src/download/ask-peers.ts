import { createHubClient } from "../hub/client.ts";
import { askRepoAccess } from "../hub/ask-repo-access.ts";
import type { HubClient } from "../hub/hub-client.ts";
import type { TypedRepo } from "../hub/repo-segments.ts";
import type { DownloadRequest } from "../request/download-request.ts";
import type { DownloadPlan } from "../transfer/plan.ts";
import { createPeers, type Peers } from "../transfer/sources/peers.ts";

/** The peers of the settings, asked for what the plan fetches. Undefined without any. */
export async function askPeers(
  { settings, repoId, repoType, signal, env }: DownloadRequest,
  plan: DownloadPlan,
  client: HubClient,
): Promise<Peers | undefined> {
  if (settings.peers.length === 0 || settings.offline || plan.blobs.length === 0) return undefined;
  const peers = createPeers(settings.peers, {
    env,
    signal,
    isPublic: () => isPublic(client, { repoId, repoType }, { env, signal }),
  });
  await peers.ask(
    plan.blobs.map(({ files: [{ path, digest }], size }) => ({ path, size, digest })),
  );
  return peers;
}

/** Whether the Hub gives the repo to everyone. Without a token, what it gave us it gives to all. */
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
