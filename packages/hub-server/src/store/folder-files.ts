import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { checkRepoPath, isLitterEntry } from "@mlx-download/cache";

/** One file below a folder. */
export interface FolderFile {
  /** Relative, with `/`. */
  readonly path: string;
  /** Absolute and free of links. */
  readonly realPath: string;
  readonly size: number;
  /** Changes whenever the content may have. */
  readonly stamp: string;
}

/** Files that version control and download tools leave in a folder. */
const NOT_CONTENT = new Set([".git", ".cache"]);

/**
 * The regular files below `folder`, sorted by path. Links to files count when they stay inside
 * `boundary` (both free of links). Links to folders, names that no client could store, and
 * leftovers of tools are skipped.
 */
export async function folderFiles(
  folder: string,
  boundary: string,
): Promise<readonly FolderFile[]> {
  const found: FolderFile[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const full = join(entry.parentPath, entry.name);
    const path = relative(folder, full).split(sep).join("/");
    if (NOT_CONTENT.has(path.split("/")[0] ?? "") || isLitterEntry(entry)) continue;
    if ((entry.isFile() || entry.isSymbolicLink()) && isStorable(path)) {
      const file = await describe(full, path, boundary);
      if (file) found.push(file);
    }
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** One file of a folder under the same rules. Undefined when there is none. */
export async function folderFile(
  folder: string,
  path: string,
  boundary: string,
): Promise<FolderFile | undefined> {
  return isStorable(path) ? describe(join(folder, path), path, boundary) : undefined;
}

async function describe(
  full: string,
  path: string,
  boundary: string,
): Promise<FolderFile | undefined> {
  try {
    const isLink = (await lstat(full)).isSymbolicLink();
    const real = isLink ? await realpath(full) : full;
    if (!real.startsWith(boundary + sep)) return undefined;
    const { size, mtimeMs, ctimeMs, ino, ...stats } = await stat(real);
    if ((stats.mode & 0o170000) !== 0o100000) return undefined;
    return { path, realPath: real, size, stamp: `${real} ${size} ${mtimeMs} ${ctimeMs} ${ino}` };
  } catch {
    return undefined; // it was removed meanwhile, or must not be read
  }
}

function isStorable(path: string): boolean {
  try {
    checkRepoPath(path);
    return true;
  } catch {
    return false;
  }
}
