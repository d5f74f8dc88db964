import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Bytes that this user may still write on the file system of `path`, or of its nearest existing parent. Null when the
 * system does not say.
 */
export async function diskFree(path: string): Promise<number | null> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { blocks, bavail, bsize } = await statfs(at);
      // FUSE file systems that do not answer this question say that they have no blocks at all.
      return blocks === 0 ? null : bavail * bsize;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(at) === at) return null;
    }
  }
}

/**
 * Whether the file system of `path` can hold no further file, however much space it has. False when the system does not
 * say.
 */
export async function hasNoInodes(path: string): Promise<boolean> {
  const stats = await statfs(path).catch(() => undefined);
  return stats !== undefined && stats.files > 0 && stats.ffree === 0;
}
