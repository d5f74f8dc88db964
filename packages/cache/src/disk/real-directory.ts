import { lstat, mkdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { CacheError } from "../names/errors.ts";
import { errnoOf } from "./errno.ts";

/**
 * Makes sure that every folder from `root` (exclusive) down to `directory` is a real one, and
 * creates missing ones. Throws `cache/damaged` for a link or file in between, which would lead
 * later writes out of `root`.
 */
export async function ensureDirectory(root: string, directory: string): Promise<void> {
  let path = root;
  for (const segment of relative(root, directory).split(sep)) {
    if (segment === "" || segment === ".." || segment === ".") continue;
    path = join(path, segment);
    if (await isRealDirectory(path)) continue;
    try {
      await mkdir(path);
    } catch (error) {
      // Another process may have been quicker.
      if (errnoOf(error) !== "EEXIST" || !(await isRealDirectory(path))) throw error;
    }
  }
}

/**
 * Whether a real folder is there. False when nothing is there. Throws `cache/damaged` for anything
 * else.
 */
async function isRealDirectory(path: string): Promise<boolean> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (stats === undefined) return false;
  if (stats.isDirectory()) return true;
  const what = stats.isSymbolicLink() ? "a link" : "no folder";
  throw new CacheError(`${path} is ${what}, where a real folder belongs`, "cache/damaged", {
    hint: "Nothing was written. Check where it leads, remove it and run again.",
    data: { path },
  });
}
