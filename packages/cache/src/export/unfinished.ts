import { randomBytes } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const STALE_MS = 86_400_000;

/** A fresh hidden name beside `path`, for a file that is renamed to `path` when complete. */
export function unfinishedPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(8).toString("hex")}.mlx-tmp`);
}

/** Removes files beside `path` left by runs that were killed a day ago or earlier. */
export async function sweepUnfinished(path: string): Promise<void> {
  const start = `.${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    // A replaced folder is `….mlx-tmp.old` for a moment.
    if (!name.startsWith(start) || !/^[0-9a-f]{16}[.]mlx-tmp/.test(name.slice(start.length)))
      continue;
    const stats = await lstat(join(dirname(path), name)).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS) {
      await rm(join(dirname(path), name), { recursive: true, force: true });
    }
  }
}
