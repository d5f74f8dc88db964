import { join } from "node:path";
import type { ConfigValues } from "./config-file.ts";
import { maskSecrets } from "../failure/mask-secrets.ts";
import { type SettingSpec, settingSpecs } from "./setting-specs.ts";
import { suggest } from "../command-line/suggest.ts";
import { usage } from "../command-line/usage.ts";

/** One setting as it counts now. */
export interface EffectiveSetting {
  readonly name: string;
  /** Null where nothing sets it: the default counts. */
  readonly value: string | null;
  readonly origin: "environment" | "file" | "default";
  /** The variable, or the path of the file. */
  readonly from: string | null;
}

/**
 * The value of a setting from file and environment, before any option, for display: passwords in it
 * are hidden.
 */
export function effectiveSetting(
  spec: SettingSpec,
  sources: {
    readonly env: NodeJS.ProcessEnv;
    readonly values: ConfigValues;
    readonly path: string;
  },
): EffectiveSetting {
  const { name } = spec;
  const variable = [spec.variable, ...(spec.others ?? [])].find((known) =>
    sources.env[known]?.trim(),
  );
  if (variable !== undefined) {
    const value = sources.env[variable]?.trim() ?? "";
    const folder = spec.below?.[variable];
    return {
      name,
      value: maskSecrets(folder === undefined ? value : join(value, folder)),
      origin: "environment",
      from: variable,
    };
  }
  const value = sources.values[name];
  return value === undefined
    ? { name, value: null, origin: "default", from: null }
    : { name, value: maskSecrets(value), origin: "file", from: sources.path };
}

/** The spec of a setting that was typed. Throws `cli/usage` with a guess. */
export function settingNamed(name: string): SettingSpec {
  const spec = settingSpecs.find((known) => known.name === name);
  if (spec !== undefined) return spec;
  const names = settingSpecs.map((known) => known.name);
  const meant = suggest(name, names);
  throw usage(
    `there is no setting "${name}"`,
    meant === undefined ? `There are ${names.join(", ")}.` : `Did you mean ${meant}?`,
  );
}
