import type { SnapshotFile } from "@mlx-download/cache";
import type { RepoRef } from "../settings/ref.ts";
import type { HubClient } from "./client.ts";
import { listNamedTree } from "./list-tree.ts";

/** A listing that was asked for by name before the commit was known. */
export interface TreeAhead {
  /**
   * Its files, when it certainly is the commit's and does not keep us waiting; undefined: ask by the commit. Never
   * rejects; once it settled, nothing is asked any more.
   */
  of(commit: string): Promise<readonly SnapshotFile[] | undefined>;
  /** Nobody wants it any more. Does nothing after {@link TreeAhead.of} settled. */
  drop(): void;
}

// A listing takes longer to make than a commit takes to look up, but one that does not even begin by then may never.
const FIRST_PAGE_MS = 2_000;

/**
 * Asks for the tree of a branch or tag while its commit is still being asked for: one round trip less. Only a guess:
 * each page is asked for once, nothing is said of what fails, and what does not name its commit is not used.
 */
export function askTreeAhead(
  client: HubClient,
  ref: RepoRef & { readonly revision: string },
  options: { readonly signal: AbortSignal },
): TreeAhead {
  const stop = new AbortController();
  let ofCommit: string | undefined;
  const listing = listNamedTree(client, ref, {
    signal: AbortSignal.any([options.signal, stop.signal]),
    onPage: (commit) => (ofCommit = commit),
  }).catch(() => undefined);
  const drop = (): void => stop.abort();
  return {
    drop,
    async of(commit) {
      const late = setTimeout(() => ofCommit === undefined && drop(), FIRST_PAGE_MS);
      if (ofCommit !== undefined && ofCommit !== commit) drop();
      const tree = await listing;
      clearTimeout(late);
      if (tree?.commit !== commit) return undefined;
      for (const warning of tree.warnings) client.emit(warning);
      return tree.files;
    },
  };
}
