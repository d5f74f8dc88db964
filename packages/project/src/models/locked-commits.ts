import { findProject } from "../files/find-project.ts";
import { listProjects } from "../files/known-projects.ts";
import { readProject } from "../files/read-project.ts";

/**
 * `org/name@commit` for each model that a lock on this machine names: of the nearest project from `folder` (default: the
 * working directory) upwards, and, unless `nearest`, of all projects that this user changed or installed here. A project
 * that cannot be read locks nothing. For programs that clean the cache or update it.
 */
export async function lockedCommits(
  options: {
    readonly folder?: string | undefined;
    readonly env?: NodeJS.ProcessEnv | undefined;
    /** Only of the nearest project. Default false. */
    readonly nearest?: boolean | undefined;
  } = {},
): Promise<ReadonlySet<string>> {
  const { folder = process.cwd(), env = process.env, nearest = false } = options;
  const [own, known] = await Promise.all([findProject(folder), nearest ? [] : listProjects(env)]);
  const folders = new Set([...(own === undefined ? [] : [own]), ...known]);
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
