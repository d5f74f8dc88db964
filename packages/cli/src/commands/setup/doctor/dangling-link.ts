import { lstat, readlink, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * The dangling link on the way to `path`, for example to a disk that is not connected. Undefined
 * when there is none.
 */
export async function danglingLink(
  path: string,
): Promise<{ readonly link: string; readonly target: string } | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const entry = await lstat(at).catch(() => undefined);
    if (entry?.isSymbolicLink()) {
      const isThere = await stat(at).catch(() => undefined);
      return isThere === undefined ? { link: at, target: await readlink(at) } : undefined;
    }
    if (entry !== undefined || dirname(at) === at) return undefined;
  }
}
