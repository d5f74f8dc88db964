import { homedir } from "node:os";
import { join } from "node:path";
import { CacheError } from "./errors.ts";

/** This user's home folder; undefined for a user without one, as a container's uid without passwd entry and HOME is. */
function findHome(env: NodeJS.ProcessEnv): string | undefined {
  if (env["HOME"]) return env["HOME"];
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

/** `findHome` where nothing else says where files belong; throws `cache/no-home`. */
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
 * The path with this user's home folder for a leading `~`, which a shell leaves in place in `--to=~/x`; a folder that is
 * really named `~` is `./~`. Throws `cache/no-home`.
 */
export function expandHome(path: string, env: NodeJS.ProcessEnv = process.env): string {
  return /^~(?=$|[/\\])/.test(path) ? join(requireHome(env), path.slice(1)) : path;
}
