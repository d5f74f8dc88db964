import type { Invocation } from "../../command-line/command-spec.ts";
import { usage } from "../../command-line/usage.ts";
import { checkSetting } from "../../config/check-setting.ts";
import { configPath } from "../../config/config-file.ts";
import { effectiveSetting, settingNamed } from "../../config/effective.ts";
import { writeConfig } from "../../config/write-config.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";

/** `mlx-download config set`: checks a value and writes it to the file. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [name = "", value = ""] = operands;
  const spec = settingNamed(name);
  const problem = checkSetting(spec, value);
  if (problem !== undefined)
    throw usage(`"${value}" is no value for ${name}: ${problem}`, `See mlx-download config show.`);
  const env = shell.processEnv;
  const path = configPath(env);
  await writeConfig(path, name, value);
  const setting = effectiveSetting(spec, { env, values: { [name]: value }, path });
  await writeResult({ path, name, value, effective: setting }, "", { flags, shell });
  if (!flags.quiet) shell.stderr.write(`${name} is ${value} (${path})\n`);
  if (setting.origin === "environment")
    shell.stderr.write(`warning: ${setting.from} is set and wins over it.\n`);
  return 0;
}
