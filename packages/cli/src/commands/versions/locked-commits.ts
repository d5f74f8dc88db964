import type { EvictableRevision, KeepReason } from "@mlx-download/cache";
import type { Shell } from "../../shell/shell.ts";

/** `repo@commit` for each model that the nearest project locks. */
export async function readLockedCommits(): Promise<ReadonlySet<string>> {
  const { lockedCommits } = await import("@mlx-download/project");
  return lockedCommits({ nearest: true });
}

/** Why cleaning the cache leaves a revision: the lock of a project on this machine names it. */
export async function staysLocked({
  env,
}: Pick<Shell, "env">): Promise<(revision: EvictableRevision) => KeepReason | undefined> {
  const { lockedCommits } = await import("@mlx-download/project");
  const locked = await lockedCommits({ env });
  return ({ repoId, repoType, commit }) =>
    repoType === "model" && locked.has(`${repoId}@${commit}`) ? "locked" : undefined;
}
