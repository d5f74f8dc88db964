import { lstat, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { MANIFEST_FILE } from "@mlx-download/registry";

/**
 * The folder of the project that `folder` belongs to: the nearest one upwards with a `mlx-models.json`. Undefined when
 * there is none. In a folder that all users may write to, as /tmp is, another user's manifest does not count.
 */
export async function findProject(folder: string): Promise<string | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (await isOurs(at)) return at;
    if (dirname(at) === at) return undefined;
  }
}

async function isOurs(folder: string): Promise<boolean> {
  const path = join(folder, MANIFEST_FILE);
  const file = await stat(path).catch(() => undefined);
  if (file?.isFile() !== true) return false;
  const [entry, around] = await Promise.all([lstat(path), stat(folder)]);
  const isShared = (around.mode & 0o1000) !== 0;
  const me = process.getuid?.();
  return !isShared || me === undefined || entry.uid === me || entry.uid === around.uid;
}
