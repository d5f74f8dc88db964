import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { discard, isTemp } from "../disk/durable-file.ts";

const DAY_MS = 86_400_000;

/**
 * Removes files left by killed processes. A temporary file lives for seconds, so one that is a day
 * old has no owner.
 */
export async function sweepTemps(partialDir: string): Promise<void> {
  const names = await readdir(partialDir);
  for (const name of names.filter(isTemp)) {
    const path = join(partialDir, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > DAY_MS) await discard(path);
  }
}
