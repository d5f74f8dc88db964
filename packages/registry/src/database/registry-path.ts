import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Where the registry lies: `mlx-download/registry.db` below `XDG_STATE_HOME` or `~/.local/state`. Absolute. Not in the
 * Hugging Face cache, where other tools remove files they do not know.
 */
export function registryPath(env: NodeJS.ProcessEnv): string {
  const base = env["XDG_STATE_HOME"]?.trim() || join(env["HOME"] || homedir(), ".local", "state");
  return resolve(base, "mlx-download", "registry.db");
}
