import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * `repo@commit` for each model in the lock of the nearest project from here upwards. A lock that
 * cannot be read locks nothing.
 */
export async function readLockedCommits(): Promise<ReadonlySet<string>> {
  const [{ findProject }, { LOCK_FILE, parseLock }] = await Promise.all([
    import("@mlx-download/project"),
    import("@mlx-download/registry"),
  ]);
  try {
    const folder = (await findProject(process.cwd())) ?? process.cwd();
    const { models } = parseLock(await readFile(join(folder, LOCK_FILE), "utf8"));
    return new Set([...models.values()].map(({ repoId, commit }) => `${repoId}@${commit}`));
  } catch {
    return new Set();
  }
}
