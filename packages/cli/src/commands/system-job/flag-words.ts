import { resolve } from "node:path";
import { expandHome } from "@mlx-download/cache";
import { type Flags, flagSpecs } from "../../command-line/flags.ts";

/** Options whose value is a path: relative ones mean another place to a program that the system starts. */
const PATHS: ReadonlySet<keyof Flags> = new Set(["cacheDir", "accessToken", "tlsCert", "tlsKey"]);

/** The words on a command line that give these flags. */
export function flagWords(
  flags: Flags,
  keys: readonly (keyof Flags)[],
  env: NodeJS.ProcessEnv,
): readonly string[] {
  return keys.flatMap((key) => {
    const value = flags[key];
    const name = `--${flagSpecs[key].name}`;
    if (value === undefined || value === false) return [];
    if (value === true) return [name];
    const values = typeof value === "object" ? value : [String(value)];
    return values.flatMap((one) => [name, PATHS.has(key) ? resolve(expandHome(one, env)) : one]);
  });
}
