import type { CommandSpec } from "../command-line/command-spec.ts";
import type { Flags } from "../command-line/flags.ts";
import { login, logout, whoami } from "./account/specs.ts";
import {
  cache,
  cacheEvict,
  cacheExport,
  cacheImport,
  cacheLs,
  cacheMv,
  cachePin,
  cachePrune,
  cacheRm,
  cacheUnpin,
  cacheView,
  path,
  repair,
  verify,
} from "./cache/specs.ts";
import { files, fit, info, list, recommend } from "./choose/specs.ts";
import { get } from "./download/specs.ts";
import {
  completion,
  configGet,
  configSet,
  configShow,
  configUnset,
  doctor,
} from "./setup/specs.ts";

/** Options that every command takes. */
export const commonFlags: readonly (keyof Flags)[] = [
  "quiet",
  "plain",
  "json",
  "agent",
  "debug",
  "help",
];

/** The command table, in the order of the help: parser, help, completions and reference are made from it. */
export const commandSpecs: readonly CommandSpec[] = [
  get,
  info,
  fit,
  list,
  files,
  recommend,
  cache,
  cacheLs,
  verify,
  repair,
  cacheRm,
  cachePrune,
  cacheEvict,
  cachePin,
  cacheUnpin,
  cacheView,
  cacheExport,
  cacheImport,
  cacheMv,
  path,
  login,
  logout,
  whoami,
  configShow,
  configGet,
  configSet,
  configUnset,
  doctor,
  completion,
];

/** Every name and alias, of one or two words, with the command it stands for. */
export function commandWords(): ReadonlyMap<string, CommandSpec> {
  return new Map(
    commandSpecs.flatMap((spec) => [spec.name, ...spec.aliases].map((word) => [word, spec])),
  );
}

/**
 * The command that the leading words name, the longest name first, and how many words that took; undefined where they
 * name none.
 */
export function commandNamed(
  words: readonly string[],
): { readonly command: CommandSpec; readonly length: number } | undefined {
  const known = commandWords();
  for (const length of [2, 1]) {
    const command = words.length < length ? undefined : known.get(words.slice(0, length).join(" "));
    if (command !== undefined) return { command, length };
  }
  return undefined;
}

/** The commands of two words that begin with `word`. */
export function commandsUnder(word: string): readonly CommandSpec[] {
  return commandSpecs.filter(({ name }) => name.startsWith(`${word} `));
}
