import { stat } from "node:fs/promises";

/** When a branch was moved to where it is, by the file of its ref, in ms since 1970. */
export async function movedAt(refPath: string): Promise<number> {
  const stats = await stat(refPath).catch(() => undefined);
  return Math.round(stats?.mtimeMs ?? Date.now());
}
