import type { RepoLayout } from "../names/layout.ts";
import { listFolderSync } from "./list-folder.ts";
import { isCommit } from "../names/revision.ts";

/** The commits of a repo that have a snapshot here, complete or not. */
export function listCommits({ snapshotsDir }: RepoLayout): readonly string[] {
  const { entries } = listFolderSync(snapshotsDir);
  return entries
    .filter((entry) => entry.isDirectory() && isCommit(entry.name))
    .map(({ name }) => name);
}
