import type { Snapshot } from "../../contract/snapshot.ts";
import type { HubClient } from "../../hub/hub-client.ts";
import type { RepoRequest } from "../../request/repo-request.ts";
import { createHttpSource } from "./http-source.ts";
import { createSourceSet, type SourceSet } from "./source-set.ts";

/**
 * All Hubs of a request as one source of a snapshot's files, the one that listed them first. `through` may change how
 * each is asked.
 */
export function createHubSources(
  { hubs, emit }: Pick<RepoRequest, "hubs" | "emit">,
  snapshot: Pick<Snapshot, "repoId" | "repoType" | "commit">,
  options: {
    readonly listedBy: HubClient;
    readonly through?: ((client: HubClient) => HubClient) | undefined;
  },
): SourceSet {
  const { listedBy, through = (client) => client } = options;
  const sourceAt = (client: HubClient) => createHttpSource(through(client), snapshot);
  const others = hubs.all.filter((one) => one !== listedBy);
  return createSourceSet([sourceAt(listedBy), ...others.map(sourceAt)], emit);
}
