import type { Snapshot } from "../../contract/snapshot.ts";
import type { HubClient } from "../../hub/hub-client.ts";
import type { RepoRequest } from "../../request/repo-request.ts";
import { createHttpSource } from "./http-source.ts";
import type { Peers } from "./peers.ts";
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
    /** Further sources, after the Hubs. More of them may join. */
    readonly peers?: Peers | undefined;
  },
): SourceSet {
  const { listedBy, through = (client) => client, peers } = options;
  const sourceAt = (client: HubClient) => createHttpSource(through(client), snapshot);
  const [first] = hubs.all;
  const leading = listedBy ?? first;
  const others = hubs.all.filter((one) => one !== leading);
  const sources = createSourceSet([sourceAt(leading), ...others.map(sourceAt)], emit, {
    isListed: listedBy !== undefined,
    mayGrow: peers !== undefined,
  });
  peers?.joinTo(sources);
  return sources;
}
