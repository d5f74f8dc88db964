import type { Invocation } from "../../command-line/command-spec.ts";
import { configPath, readConfig } from "../../config/config-file.ts";
import { settingNamed } from "../../config/effective.ts";
import { writeConfig } from "../../config/write-config.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";

/**
 * `mlx-download config unset`: removes a setting from the file. A setting that is not there is not
 * an error.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { name } = settingNamed(operands[0] ?? "");
  const path = configPath(shell.processEnv);
  const there = readConfig(path)[name] !== undefined;
  if (there) await writeConfig(path, name, undefined);
  await writeResult({ path, name, removed: there }, "", { flags, shell });
  if (!flags.quiet)
    shell.stderr.write(
      there ? `${name} is removed (${path})\n` : `${name} was not set in ${path}\n`,
    );
  return 0;
}
