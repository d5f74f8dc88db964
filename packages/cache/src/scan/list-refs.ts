import type { RepoLayout } from "../names/layout.ts";
import { scanRefs } from "./scan-refs.ts";

/**
 * The commits of a repo's branches, tags and other refs in the cache, by name (`main`, `refs/pr/1`). Refs that hold no
 * commit are left out. Empty when there is no such repo.
 */
export function listRefs({ refsDir }: RepoLayout): Readonly<Record<string, string>> {
  return scanRefs(refsDir, new Set()).refs;
}
