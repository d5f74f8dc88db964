import { statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SelectionOptions } from "@mlx-download/core";
import { isLitterEntry } from "@mlx-download/cache";

/** Snapshot folders that were found complete, so that the next look needs no listing. */
export interface WarmPaths {
  /** Is every file of the folder still there with its length, for this selection? Reads no content. */
  isHere(path: string, selection: SelectionOptions): boolean;
  /** Notes the files of a folder that is complete for this selection. */
  remember(path: string, selection: SelectionOptions): Promise<void>;
}

interface WarmFile {
  readonly path: string;
  readonly size: number;
}

// A folder of more files is not worth blocking this thread for.
const MOST_FILES = 500;

/** Keeps at most `limit` folders, the ones last used. */
export function createWarmPaths(limit = 256): WarmPaths {
  const known = new Map<string, readonly WarmFile[]>();
  return {
    isHere(path, selection) {
      const key = keyOf(path, selection);
      const files = known.get(key);
      if (files === undefined) return false;
      known.delete(key);
      if (!files.every(isThere)) return false;
      known.set(key, files);
      return true;
    },
    async remember(path, selection) {
      const key = keyOf(path, selection);
      if (known.has(key)) return;
      const files = await filesBelow(path);
      if (files.length === 0 || files.length > MOST_FILES) return;
      known.set(key, files);
      const oldest = known.size > limit ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
    },
  };
}

function keyOf(path: string, { include, exclude, preset }: SelectionOptions): string {
  return JSON.stringify([path, include, exclude, preset]);
}

/** On this thread: a few microseconds a file, where a busy machine's thread pool takes milliseconds. */
function isThere({ path, size }: WarmFile): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size === size;
  } catch {
    return false;
  }
}

async function filesBelow(folder: string): Promise<readonly WarmFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = await Promise.all(
    entries
      .filter((entry) => !entry.isDirectory() && !isLitterEntry(entry))
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const stats = await stat(path).catch(() => undefined);
        return stats?.isFile() ? { path, size: stats.size } : undefined;
      }),
  );
  return files.filter((file) => file !== undefined);
}
