import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { isLitterEntry, scanCache } from "@mlx-download/cache";
import { codedError } from "../contract/coded-error.ts";
import { describeFolder, type ModelInfo } from "./model-info.ts";
import { readSettings } from "../settings/settings.ts";

/**
 * The models in the cache, one a repo: the snapshot that `main` points at, else the newest. Snapshots with missing
 * files are left out. An empty or absent cache has none.
 */
export async function listCachedModels(
  options: {
    readonly cacheDir?: string | undefined;
    readonly env?: NodeJS.ProcessEnv | undefined;
  } = {},
): Promise<ModelInfo[]> {
  try {
    const { cacheDir } = await readSettings(options);
    const { repos } = await scanCache(cacheDir);
    const models: ModelInfo[] = [];
    for (const repo of repos) {
      if (repo.repoType !== "model") continue;
      const whole = repo.revisions.filter((revision) => revision.complete !== false);
      const main = whole.find((revision) => revision.commit === repo.refs["main"]);
      const newest = whole.toSorted((a, b) => b.lastModifiedAt - a.lastModifiedAt)[0];
      const revision = main ?? newest;
      if (revision === undefined) continue;
      const { files, bytes } = await filesBelow(revision.path);
      const { repoId } = repo;
      const { commit, path } = revision;
      models.push(await describeFolder({ repoId, commit, path }, files, bytes));
    }
    return models;
  } catch (error) {
    throw codedError(error, undefined);
  }
}

async function filesBelow(folder: string): Promise<{ files: string[]; bytes: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: string[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const skipped = entry.isDirectory() || isLitterEntry(entry);
    const stats = skipped ? undefined : await stat(path).catch(() => undefined);
    if (stats?.isFile() !== true) continue;
    files.push(relative(folder, path).replaceAll("\\", "/"));
    bytes += stats.size;
  }
  return { files: files.toSorted(), bytes };
}
