import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "./errno.ts";

const TRIES = 10;

/**
 * Makes a folder and those above it, like `mkdir -p`; links to folders count as folders. Rejects with what the system
 * said of the first one that it refused: Node's own `recursive` calls a read-only file system `ENOENT`.
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
      // Somebody may remove a folder between two calls, at any moment.
      const mayGoOn = errno === "ENOENT" ? parent !== path : errno === "EEXIST" && !there;
      if (!mayGoOn || tries === TRIES) throw error;
      if (errno === "ENOENT") await makeFolders(parent);
    }
  }
}
