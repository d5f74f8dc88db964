import type { StoredRepo } from "./repo-store.ts";

/**
 * The repo that had the id `repoId` before, or has it in other letter case. Undefined when there is
 * none.
 */
export function findByOtherName<Repo extends Pick<StoredRepo, "repoId" | "settings">>(
  repos: readonly Repo[],
  repoId: string,
): Repo | undefined {
  const lower = repoId.toLowerCase();
  return (
    repos.find(({ settings }) => settings.renamedFrom.includes(repoId)) ??
    repos.find((repo) => repo.repoId.toLowerCase() === lower)
  );
}
