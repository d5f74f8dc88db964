import { realpath } from "node:fs/promises";
import { dirname, sep } from "node:path";
import { CacheError } from "../names/errors.ts";

/**
 * Throws `cache/not-ours` for a place inside the cache: what lies among the repos is taken for damage by every program
 * that reads the cache, and goes with the repo that it lies in.
 */
export async function refuseInsideCache(cacheDir: string, path: string): Promise<void> {
  const root = await realpath(cacheDir).catch(() => cacheDir);
  for (let at = path; ; at = dirname(at)) {
    const real = await realpath(at).catch(() => undefined);
    if (real === undefined && dirname(at) !== at) continue;
    if (real === undefined || !(real + sep).startsWith(root + sep)) return;
    throw new CacheError(`${path} is inside the cache ${cacheDir}`, "cache/not-ours", {
      hint: "Nothing was written. Name a place outside of the cache.",
      data: { path, cacheDir },
    });
  }
}
