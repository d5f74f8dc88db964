import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { discard, isTemp } from "../disk/durable-file.ts";

const DAY_MS = 86_400_000;

/** Removes what killed processes left: temporary files live for seconds, so a day old they are nobody's any more. */
export async function sweepTemps(partialDir: string): Promise<void> {
  const names = await readdir(partialDir);
  for (const name of names.filter(isTemp)) {
    const path = join(partialDir, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > DAY_MS) await discard(path);
  }
}
