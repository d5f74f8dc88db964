import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** The text of a file of at most `maxBytes`; undefined when it is absent, longer, unreadable or no regular file. */
export async function readSmallFile(path: string, maxBytes: number): Promise<string | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = await file.stat();
      if (!stats.isFile() || stats.size > maxBytes) return undefined;
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
