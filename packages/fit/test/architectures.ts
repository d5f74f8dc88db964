import { readFileSync } from "node:fs";

type Config = Readonly<Record<string, unknown>>;

interface Architectures {
  /** Settings that most modules take what they know of. */
  readonly base: Config;
  /** By module of mlx-lm: what differs from the base; `text_config: null` puts all of it there. */
  readonly overrides: Readonly<Record<string, Config>>;
  /** Configs that stand alone. */
  readonly whole: Readonly<Record<string, Config>>;
}

const { base, overrides, whole } = JSON.parse(
  readFileSync(new URL("architectures.json", import.meta.url), "utf8"),
) as Architectures;

/** The modules of mlx-lm that a small config of ours makes a model of. */
export const architectures: readonly string[] = [...Object.keys(overrides), ...Object.keys(whole)];

/** A small config for a module of mlx-lm, its sizes so chosen that they cannot be mixed up. */
export function smallConfig(module: string, changes: Config = {}): Config {
  const own = whole[module];
  if (own) return { model_type: module, ...own, ...changes };
  const { text_config: text, ...override } = overrides[module] ?? {};
  const config = { ...base, model_type: module, ...override, ...changes };
  return text === null ? { ...config, text_config: config } : config;
}
