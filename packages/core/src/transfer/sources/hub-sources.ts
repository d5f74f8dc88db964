import type { Snapshot } from "../../contract/snapshot.ts";
import type { HubClient } from "../../hub/hub-client.ts";
import type { RepoRequest } from "../../request/repo-request.ts";
import { createHttpSource } from "./http-source.ts";
import type { Source } from "./source.ts";
import { createSourceSet, type SourceSet } from "./source-set.ts";

/**
 * All Hubs of a request as one source of a snapshot's files, the one that listed them first. Without one, no Hub's
 * answer that a file does not exist is final. `through` may change how each is asked.
 */
export function createHubSources(
  { hubs, emit }: Pick<RepoRequest, "hubs" | "emit">,
  snapshot: Pick<Snapshot, "repoId" | "repoType" | "commit">,
  options: {
    readonly listedBy: HubClient | undefined;
    readonly through?: ((client: HubClient) => HubClient) | undefined;
    /** Further sources, after the Hubs. */
    readonly peers?: readonly Source[] | undefined;
  },
): SourceSet {
  const { listedBy, through = (client) => client, peers = [] } = options;
  const sourceAt = (client: HubClient) => createHttpSource(through(client), snapshot);
  const [first] = hubs.all;
  const leading = listedBy ?? first;
  const others = hubs.all.filter((one) => one !== leading);
  return createSourceSet([sourceAt(leading), ...others.map(sourceAt), ...peers], emit, {
    isListed: listedBy !== undefined,
  });
}
