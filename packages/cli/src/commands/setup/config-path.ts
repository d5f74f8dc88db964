import { existsSync } from "node:fs";
import type { Invocation } from "../../command-line/command-spec.ts";
import { configPath } from "../../config/config-file.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";

/**
 * `mlx-download config path`: prints the path of the configuration file, whether or not it exists.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const path = configPath(shell.processEnv);
  await writeResult({ path, exists: existsSync(path) }, `${path}\n`, { flags, shell });
  return 0;
}
