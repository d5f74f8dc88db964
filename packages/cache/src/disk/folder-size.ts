import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "./errno.ts";
import { inBatches } from "./in-batches.ts";

/**
 * The bytes that removing a folder frees. Links count nothing, nor does content with another name
 * by a hard link, nor files removed by another program meanwhile.
 */
export async function folderSize(folder: string): Promise<number> {
  const entries = await listAll(folder);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await inBatches(files, async ({ parentPath, name }) => {
    const stats = await lstat(join(parentPath, name)).catch(() => undefined);
    return stats?.nlink === 1 ? stats.size : 0;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

// A listing ends at the first folder that disappears during it. The loop ends when the other
// program's removal ends.
const LISTINGS_TO_TRY = 10;

async function listAll(folder: string): Promise<readonly Dirent[]> {
  for (let tries = 1; tries <= LISTINGS_TO_TRY; tries += 1) {
    try {
      return await readdir(folder, { recursive: true, withFileTypes: true });
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
  return [];
}
