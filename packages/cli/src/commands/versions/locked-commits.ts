import { readFile } from "node:fs/promises";

/**
 * `repo@commit` for each model locked by the project in this folder. A lock file that cannot be
 * read locks nothing.
 */
export async function readLockedCommits(): Promise<ReadonlySet<string>> {
  const { LOCK_FILE, parseLock } = await import("@mlx-download/registry");
  try {
    const { models } = parseLock(await readFile(LOCK_FILE, "utf8"));
    return new Set([...models.values()].map(({ repoId, commit }) => `${repoId}@${commit}`));
  } catch {
    return new Set();
  }
}
