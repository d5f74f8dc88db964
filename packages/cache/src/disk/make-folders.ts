import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "./errno.ts";

const TRIES = 10;

/**
 * Makes a folder and its parents, like `mkdir -p`. Links to folders count as folders. Rejects with
 * the system's error for the first folder that it refused: Node's own `recursive` reports a
 * read-only file system as `ENOENT`.
 */
export async function makeFolders(path: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await mkdir(path);
      return;
    } catch (error) {
      const errno = errnoOf(error);
      const parent = dirname(path);
      const there = await stat(path).catch(() => undefined);
      if (there?.isDirectory() === true) return;
      // Another program may remove a folder between two calls.
      const mayGoOn = errno === "ENOENT" ? parent !== path : errno === "EEXIST" && !there;
      if (!mayGoOn || tries === TRIES) throw error;
      if (errno === "ENOENT") await makeFolders(parent);
    }
  }
}
