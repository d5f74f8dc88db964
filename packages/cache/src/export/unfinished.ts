import { randomBytes } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const STALE_MS = 86_400_000;

/** A hidden name beside `path`, for what is renamed to `path` when complete: a fresh one, or that of `name` (16 hex digits). */
export function unfinishedPath(
  path: string,
  name: string = randomBytes(8).toString("hex"),
): string {
  return join(dirname(path), `.${basename(path)}.${name}.mlx-tmp`);
}

/** Removes files beside `path` left by runs that were killed a day ago or earlier, but for `kept`. */
export async function sweepUnfinished(path: string, kept?: string): Promise<void> {
  const start = `.${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    // A replaced folder is `….mlx-tmp.old` for a moment.
    if (!name.startsWith(start) || !/^[0-9a-f]{16}[.]mlx-tmp/.test(name.slice(start.length)))
      continue;
    if (join(dirname(path), name) === kept) continue;
    const stats = await lstat(join(dirname(path), name)).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS) {
      await rm(join(dirname(path), name), { recursive: true, force: true });
    }
  }
}
