import type { Invocation } from "../../command-line/command-spec.ts";
import { configPath, readConfig } from "../../config/config-file.ts";
import { effectiveSetting, settingNamed } from "../../config/effective.ts";
import { CliError } from "../../failure/cli-error.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";

/**
 * `mlx-download config get`: prints the effective value of a setting. Exit code 4 when only its
 * default applies.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const env = shell.processEnv;
  const path = configPath(env);
  const spec = settingNamed(operands[0] ?? "");
  const setting = effectiveSetting(spec, { env, values: readConfig(path), path });
  if (setting.value === null)
    throw new CliError(`nothing sets ${spec.name}`, "cli/not-set", {
      hint: `Its default counts. mlx-download config set ${spec.name} VALUE changes that.`,
      data: { setting: spec.name },
    });
  await writeResult({ ...setting }, `${setting.value}\n`, { flags, shell });
  return 0;
}
