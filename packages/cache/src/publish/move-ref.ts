import { withRepoLock } from "../lock/repo-lock.ts";
import { CacheError } from "../names/errors.ts";
import type { RepoLayout } from "../names/layout.ts";
import { notInCache } from "../names/not-in-cache.ts";
import { checkCommit } from "../names/revision.ts";
import { writeRef } from "../records/ref.ts";
import { scanSnapshot } from "../scan/scan-snapshot.ts";

/**
 * Points a branch or tag at another snapshot that is here, in one step and under the repo's lock. No byte moves. Throws
 * `cache/not-found` when the snapshot is not here, `cache/removed-meanwhile` when the content of one of its files is
 * gone, `cache/locked`, `cache/not-writable`.
 */
export async function moveRef(
  layout: RepoLayout,
  { revision, commit }: { readonly revision: string; readonly commit: string },
): Promise<void> {
  checkCommit(commit);
  await withRepoLock(layout, async () => {
    const { exists, entries, dangling } = scanSnapshot(layout, commit);
    if (!exists || entries.length === 0) throw notInCache(layout, commit);
    if (dangling.length > 0) {
      throw new CacheError(
        `${dangling.length} files of ${layout.repoId} at ${commit.slice(0, 7)} have lost their content`,
        "cache/removed-meanwhile",
        {
          hint: `Fetch them again: mlx-download get ${layout.repoId}@${commit}`,
          data: { repoId: layout.repoId, commit, missing: dangling.slice(0, 20) },
        },
      );
    }
    await writeRef(layout, revision, commit);
  });
}
