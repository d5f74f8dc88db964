import { field, isObject, type JsonObject } from "../model/json-value.ts";
import { MLX_LM_ARGUMENTS } from "./arguments.ts";

/** A setting that mlx-lm's module needs and the config does not have (or not as a usable value). */
export class MissingSetting extends Error {
  override readonly name = "MissingSetting";
  readonly setting: string;

  constructor(setting: string) {
    super(`config.json has no usable ${setting}`);
    this.setting = setting;
  }
}

/**
 * The settings of a config as one module of mlx-lm sees them: only those it knows, with its defaults. As in Python, an
 * explicit null hides the default.
 */
export interface ModelArguments {
  /** A whole number from 1 to 10⁹. Throws `MissingSetting`. */
  count(name: string): number;
  /** The same. Undefined when it is absent, null or 0. */
  optional(name: string): number | undefined;
  /** A whole number from 0 to 10⁹. Throws `MissingSetting`. */
  size(name: string): number;
  flag(name: string): boolean;
  /** A list of strings or numbers, or the characters of a string. Undefined when it is neither. */
  list(name: string): readonly unknown[] | undefined;
  object(name: string): JsonObject | undefined;
}

/** The settings that the module `key` of mlx-lm (`llama`, `gemma3n/text`) takes from `values`. */
export function modelArguments(key: string, values: JsonObject): ModelArguments {
  const defaults = settingsOf(key);
  const raw = (name: string): unknown => {
    if (!defaults.has(name)) return undefined;
    const own = field(values, name);
    return own === undefined ? defaults.get(name) : own;
  };
  const size = (name: string): number => {
    const value = sizeOf(raw(name));
    if (value === undefined) throw new MissingSetting(name);
    return value;
  };
  return {
    size,
    count(name) {
      const value = size(name);
      if (value === 0) throw new MissingSetting(name);
      return value;
    },
    optional: (name) => sizeOf(raw(name)) || undefined,
    flag(name) {
      const value = raw(name);
      return value === true || (typeof value === "number" && value !== 0);
    },
    list(name) {
      const value = raw(name);
      if (typeof value === "string") return Array.from(value.slice(0, MAX_LAYERS));
      return Array.isArray(value) ? value.slice(0, MAX_LAYERS) : undefined;
    },
    object(name) {
      const value = raw(name);
      return isObject(value) ? value : undefined;
    },
  };
}

/** More layers than any model has: a config that says more is not believed. */
export const MAX_LAYERS = 10_000;

/** The default of a setting that decides about caches or widths of tensors. Undefined when it has none. */
export const settingDefault = (key: string, name: string): number | undefined =>
  settingsOf(key).get(name);

/** Whether the module takes a setting. Undefined where its settings are not known. */
export const takesSetting = (key: string, name: string): boolean | undefined => {
  const settings = settingsOf(key);
  return settings.size === 0 ? undefined : settings.has(name);
};

/** The settings that the module refuses to go without and the config lacks. */
export function missingSettings(key: string, values: JsonObject): readonly string[] {
  return words(key)
    .filter((word) => word.endsWith("!"))
    .map((word) => word.slice(0, -1))
    .filter((name) => field(values, name) === undefined);
}

const words = (key: string): readonly string[] =>
  Object.hasOwn(MLX_LM_ARGUMENTS, key) ? (MLX_LM_ARGUMENTS[key]?.split(" ") ?? []) : [];

function settingsOf(key: string): ReadonlyMap<string, number | undefined> {
  return new Map(
    words(key).map((word) => {
      const [name = "", value] = word.replace("!", "").split("=");
      return [name, value === undefined ? undefined : Number(value)] as const;
    }),
  );
}

function sizeOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 1e9
    ? value
    : undefined;
}
