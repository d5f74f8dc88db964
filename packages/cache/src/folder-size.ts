import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { inBatches } from "./in-batches.ts";

/** The bytes that go when a folder goes: links count nothing, nor does content that has another name by a hard link. */
export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await inBatches(files, async ({ parentPath, name }) => {
    const stats = await lstat(join(parentPath, name)).catch(() => undefined);
    return stats?.nlink === 1 ? stats.size : 0;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}
