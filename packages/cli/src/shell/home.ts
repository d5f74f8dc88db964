import { homedir } from "node:os";

/**
 * This user's home folder. Undefined for a user without one, such as a container's uid with no
 * passwd entry and no HOME. It repeats the cache's function to avoid loading that package: every
 * command asks this first.
 */
export function findHome(env: NodeJS.ProcessEnv): string | undefined {
  if (env["HOME"]) return env["HOME"];
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}
