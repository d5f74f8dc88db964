import type { Invocation } from "../command-line/command-spec.ts";
import { type Flags, flagSpecs } from "../command-line/flags.ts";
import { readFlag } from "../command-line/read-flag.ts";
import { CliError } from "../failure/cli-error.ts";
import type { ConfigValues } from "./config-file.ts";
import { settingSpecs } from "./setting-specs.ts";

/** The environment with the file's settings for the variables that are unset: file < environment < option. */
export function configuredEnv(env: NodeJS.ProcessEnv, values: ConfigValues): NodeJS.ProcessEnv {
  const added: NodeJS.ProcessEnv = {};
  for (const { name, variable, others = [] } of settingSpecs) {
    const value = values[name];
    const decided = [variable, ...others].some((known) => env[known]?.trim());
    if (value !== undefined && !decided) added[variable] = value;
  }
  return { ...env, ...added };
}

/** The invocation with the settings for the options that were not given. Throws `cli/config-invalid`. */
export function configuredFlags(invocation: Invocation, env: NodeJS.ProcessEnv): Invocation {
  const defaults: Partial<Record<keyof Flags, unknown>> = {};
  for (const { flag, variable } of settingSpecs) {
    const value = env[variable]?.trim();
    if (!flag || !value || !invocation.command.flags.includes(flag)) continue;
    if (invocation.flags[flag] !== undefined) continue;
    try {
      defaults[flag] = readFlag(flagSpecs[flag], value);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new CliError(`${variable}=${value}: ${problem}`, "cli/config-invalid", {
        hint: `Correct ${variable}, or the setting in mlx-download config show --origin.`,
        data: { variable },
      });
    }
  }
  return { ...invocation, flags: { ...invocation.flags, ...defaults } as Flags };
}
