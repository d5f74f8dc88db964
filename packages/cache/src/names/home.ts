import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CacheError } from "./errors.ts";

/**
 * This user's home folder. Undefined for a user without one, such as a container's uid with no
 * passwd entry and no HOME.
 */
export function findHome(env: NodeJS.ProcessEnv): string | undefined {
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
 * Expands a leading `~`, `$HOME` or `${HOME}` to this user's home folder, which a shell leaves in place in `--to=~/x`, and
 * configuration files do, and reads a `file://` address. A folder that is really named `~` is `./~`. Throws
 * `cache/no-home`.
 */
export function expandHome(path: string, env: NodeJS.ProcessEnv = process.env): string {
  if (/^file:\/\//i.test(path) && URL.parse(path) !== null) return pathOfUrl(new URL(path));
  const [home] = /^(?:~|\$HOME|\$\{HOME\})(?=$|[/\\])/.exec(path) ?? [];
  return home === undefined ? path : join(requireHome(env), path.slice(home.length));
}

function pathOfUrl(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new CacheError(`${url.href} is no file of this machine`, "cache/unsafe-path", {
      hint: "Name the folder by its path.",
      cause,
    });
  }
}
