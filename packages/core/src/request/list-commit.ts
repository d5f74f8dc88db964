import type { RepoLayout } from "@mlx-download/cache";
import type { ModelDownloadError } from "../contract/errors.ts";
import { askAccess } from "../hub/ask-access.ts";
import { listTree, type TreeListing } from "../hub/list-tree.ts";
import type { Hubs } from "./hubs.ts";
import { unmaskTree } from "./unmask-tree.ts";

/** The Hub's listing of a commit. */
export interface CommitListing {
  /** Digests that the Hub withholds are put back from the cache where it has them. */
  readonly tree: TreeListing;
  /** Why the Hub withheld some files. Undefined when it withheld none, so that all can be fetched. */
  readonly refusal: ModelDownloadError | undefined;
}

/**
 * Every file of a commit that is in the cache, from the first Hub that lists all of it. When none does, one more
 * question finds the reason. Throws the `hub/…` errors.
 */
export async function listCommit(
  hubs: Hubs,
  { layout, commit }: { readonly layout: RepoLayout; readonly commit: string },
  signal: AbortSignal | undefined,
): Promise<CommitListing> {
  const { repoId, repoType } = layout;
  const { value, client } = await hubs.ask(
    (hub) => listTree(hub, { repoId, repoType, commit }, { signal }),
    { isWhole: ({ withheld }) => withheld.length === 0 },
  );
  const { withheld } = value;
  const tree = await unmaskTree(value, { layout, commit });
  const refusal =
    withheld.length === 0
      ? undefined
      : await askAccess(client, { repoId, repoType, commit, withheld }, { signal });
  return { tree, refusal };
}
