import type { StoredRepo } from "./repo-store.ts";

/** The repo that was called `repoId` before, or is called so in other letter case; undefined when none is. */
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
