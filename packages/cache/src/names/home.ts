import { homedir } from "node:os";
import { join } from "node:path";
import { CacheError } from "./errors.ts";

/**
 * This user's home folder. Undefined for a user without one, such as a container's uid with no
 * passwd entry and no HOME.
 */
function findHome(env: NodeJS.ProcessEnv): string | undefined {
  if (env["HOME"]) return env["HOME"];
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

/** `findHome` for callers that have no other place for files. Throws `cache/no-home`. */
export function requireHome(env: NodeJS.ProcessEnv): string {
  const home = findHome(env);
  if (home !== undefined) return home;
  throw new CacheError(
    "This user has no home folder, and nothing says where the cache is",
    "cache/no-home",
    { hint: "Set HF_HOME to a folder that this user may write to." },
  );
}

/**
 * Expands a leading `~` to this user's home folder: a shell leaves it in place in `--to=~/x`. A
 * folder that is really named `~` is `./~`. Throws `cache/no-home`.
 */
export function expandHome(path: string, env: NodeJS.ProcessEnv = process.env): string {
  return /^~(?=$|[/\\])/.test(path) ? join(requireHome(env), path.slice(1)) : path;
}
