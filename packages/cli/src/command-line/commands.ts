import type { CommandSpec } from "./command-spec.ts";
import { cache } from "./commands/cache.ts";
import { cacheEvict } from "./commands/cache-evict.ts";
import { cacheLs } from "./commands/cache-ls.ts";
import { cacheExport } from "./commands/cache-export.ts";
import { cacheImport } from "./commands/cache-import.ts";
import { cacheMv } from "./commands/cache-mv.ts";
import { cachePin } from "./commands/cache-pin.ts";
import { cachePrune } from "./commands/cache-prune.ts";
import { cacheRm } from "./commands/cache-rm.ts";
import { cacheUnpin } from "./commands/cache-unpin.ts";
import { cacheView } from "./commands/cache-view.ts";
import { completion } from "./commands/completion.ts";
import { configGet, configSet, configShow, configUnset } from "./commands/config.ts";
import { fit } from "./commands/fit.ts";
import { doctor } from "./commands/doctor.ts";
import { files } from "./commands/files.ts";
import { get } from "./commands/get.ts";
import { info } from "./commands/info.ts";
import { list } from "./commands/list.ts";
import { login } from "./commands/login.ts";
import { logout } from "./commands/logout.ts";
import { path } from "./commands/path.ts";
import { repair } from "./commands/repair.ts";
import { verify } from "./commands/verify.ts";
import { recommend } from "./commands/recommend.ts";
import { whoami } from "./commands/whoami.ts";
import type { Flags } from "./flags.ts";

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
