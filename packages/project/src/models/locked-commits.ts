import { findProject } from "../files/find-project.ts";
import { listProjects } from "../files/known-projects.ts";
import { readProject } from "../files/read-project.ts";

/**
 * `org/name@commit` for each model that a lock on this machine names: of the nearest project from `folder` (default: the
 * working directory) upwards, and of all projects that this user changed or installed here. A project that cannot
 * be read locks nothing. For programs that clean the cache.
 */
export async function lockedCommits(
  options: {
    readonly folder?: string | undefined;
    readonly env?: NodeJS.ProcessEnv | undefined;
  } = {},
): Promise<ReadonlySet<string>> {
  const { folder = process.cwd(), env = process.env } = options;
  const [nearest, known] = await Promise.all([findProject(folder), listProjects(env)]);
  const folders = new Set([...(nearest === undefined ? [] : [nearest]), ...known]);
  const locks = await Promise.all(
    [...folders].map((one) =>
      readProject(one).then(
        ({ lock }) => [...(lock?.models.values() ?? [])],
        () => [],
      ),
    ),
  );
  return new Set(locks.flat().map(({ repoId, commit }) => `${repoId}@${commit}`));
}
