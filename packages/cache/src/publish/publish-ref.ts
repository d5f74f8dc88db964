import { CacheError } from "../names/errors.ts";
import { inspectFiles } from "../scan/inspect-files.ts";
import type { RepoLayout } from "../names/layout.ts";
import { readRef, writeRef } from "../records/ref.ts";
import { withRepoLock } from "../lock/repo-lock.ts";
import { isCommit } from "../names/revision.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";

/**
 * Points a revision at a commit when every one of `files` is in its snapshot. This is checked under
 * the repo's lock, so that a removal in the meantime never leaves a ref to missing files. Throws
 * `cache/removed-meanwhile` when a file is missing, and `cache/locked`.
 */
export async function publishRef(
  layout: RepoLayout,
  snapshot: {
    readonly revision: string;
    readonly commit: string;
    readonly files: readonly SnapshotFile[];
  },
): Promise<void> {
  const { revision, commit, files } = snapshot;
  const check = async (): Promise<void> => {
    const states = await inspectFiles(layout, commit, files);
    const missing = files.map(({ path }) => path).filter((path) => states.get(path) !== "present");
    if (missing.length === 0) return;
    throw new CacheError(
      `Files of ${layout.repoId} were removed from the cache while it was downloaded`,
      "cache/removed-meanwhile",
      {
        hint: "Run it again: missing files are fetched, the rest is kept.",
        data: { repoId: layout.repoId, commit, missing },
      },
    );
  };
  // Most runs change no ref and need not wait for the lock.
  if (isCommit(revision) || (await readRef(layout, revision)) === commit) {
    await check();
    await writeRef(layout, revision, commit);
    return;
  }
  await withRepoLock(layout, async () => {
    await check();
    await writeRef(layout, revision, commit);
  });
}
