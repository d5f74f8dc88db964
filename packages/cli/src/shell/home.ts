import { homedir } from "node:os";

/**
 * This user's home folder; undefined for a user without one, as a container's uid without passwd entry and HOME is. The
 * same as the cache's, which is not loaded for it: every command asks this first.
 */
export function findHome(env: NodeJS.ProcessEnv): string | undefined {
  if (env["HOME"]) return env["HOME"];
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}
