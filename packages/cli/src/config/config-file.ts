import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../failure/cli-error.ts";
import { findHome } from "../shell/home.ts";
import { checkSetting } from "./check-setting.ts";
import { settingSpecs } from "./setting-specs.ts";

/** The settings of the file by their names, as texts. */
export type ConfigValues = Readonly<Record<string, string>>;

/**
 * `MLX_DOWNLOAD_CONFIG`, else `mlx-download/config.json` below `XDG_CONFIG_HOME` or `~/.config`.
 * Absolute, or as given. Undefined for a user without a home folder when none of these is set.
 */
export function findConfigPath(env: NodeJS.ProcessEnv): string | undefined {
  const given = env["MLX_DOWNLOAD_CONFIG"]?.trim();
  if (given) return given;
  const home = findHome(env);
  const base =
    env["XDG_CONFIG_HOME"]?.trim() || (home === undefined ? undefined : join(home, ".config"));
  return base === undefined ? undefined : join(base, "mlx-download", "config.json");
}

/** `findConfigPath` for a command that needs the file. Throws `cli/config-invalid`. */
export function configPath(env: NodeJS.ProcessEnv): string {
  const path = findConfigPath(env);
  if (path !== undefined) return path;
  throw new CliError("This user has no home folder for a config file", "cli/config-invalid", {
    hint: "Set MLX_DOWNLOAD_CONFIG to the path of one, or XDG_CONFIG_HOME to a folder.",
  });
}

function invalid(path: string, problem: string): CliError {
  return new CliError(`${path} ${problem}`, "cli/config-invalid", {
    hint: "Correct the file, or delete it.",
    data: { path },
  });
}

function parse(text: string, path: string): ConfigValues {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(path, "is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(path, "is not an object of settings");
  const values: Record<string, string> = {};
  for (const [name, setting] of Object.entries(value)) {
    const spec = settingSpecs.find((known) => known.name === name);
    // A newer version may know more settings than this one.
    if (spec === undefined) continue;
    if (!["string", "number", "boolean"].includes(typeof setting))
      throw invalid(path, `has no plain value for ${name}`);
    const problem = checkSetting(spec, String(setting));
    if (problem !== undefined) throw invalid(path, `says ${name} ${String(setting)}: ${problem}`);
    values[name] = String(setting);
  }
  return values;
}

/**
 * The settings in the file. Empty without a file, or without a place for one. Throws
 * `cli/config-invalid`.
 */
export function readConfig(path: string | undefined): ConfigValues {
  if (path === undefined) return {};
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (code === "ENOENT" || code === "ENOTDIR") return {};
    throw invalid(path, `cannot be read (${code})`);
  }
  return parse(text, path);
}
