import { checkRepoPath, isCommit, type SnapshotFile } from "@mlx-download/cache";
import { lfsPointerId } from "@mlx-download/cache/writing";
import type { KnownSnapshot } from "../settings/known-snapshot.ts";
import { ModelDownloadError } from "../contract/errors.ts";

/**
 * The files of a known snapshot as a listing has them. They may come from a file that anyone can edit:
 * throws `cache/unsafe-path`, and `settings/invalid` for a commit, size or digest that is none.
 */
export function knownFiles({ repoId, commit, files }: KnownSnapshot): readonly SnapshotFile[] {
  const refuse = (problem: string): ModelDownloadError =>
    new ModelDownloadError(
      `the known files of ${repoId} cannot be used: ${problem}`,
      "settings/invalid",
      {
        hint: "Take them from a lock, or leave them out.",
        repoId,
      },
    );
  if (!isCommit(commit)) throw refuse("the commit is not 40 hex digits");
  if (files.length === 0) throw refuse("there are none");
  const paths = new Set<string>();
  return files.map(({ path, size, sha256, gitSha1 }): SnapshotFile => {
    checkRepoPath(path);
    if (paths.has(path)) throw refuse(`${path} is there twice`);
    paths.add(path);
    const isSize = Number.isSafeInteger(size) && size >= 0;
    const isHash = /^[0-9a-f]{64}$/.test(sha256) && /^[0-9a-f]{40}$/.test(gitSha1 ?? commit);
    if (!isSize || !isHash) throw refuse(`${path} has no size and SHA-256`);
    return gitSha1 === undefined
      ? {
          path,
          size,
          digest: { algorithm: "sha256", hex: sha256 },
          blobId: lfsPointerId(sha256, size),
        }
      : { path, size, digest: { algorithm: "git-sha1", hex: gitSha1 }, blobId: gitSha1 };
  });
}
