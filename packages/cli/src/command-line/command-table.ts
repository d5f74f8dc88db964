import type { CommandSpec, CommandTable } from "./command-spec.ts";
import type { FlagSpec } from "./flags/flag-spec.ts";
import { type Flags, flagSpecs } from "./flags.ts";

/** Makes a table of `specs`, one of which is `unnamed`. */
export function createCommandTable({
  specs,
  commonFlags,
  unnamed,
  elsewhere,
  optionsElsewhere,
}: Pick<
  CommandTable,
  "specs" | "commonFlags" | "unnamed" | "elsewhere" | "optionsElsewhere"
>): CommandTable {
  const words = new Map(
    specs.flatMap((spec) => [spec.name, ...spec.aliases].map((word) => [word, spec] as const)),
  );
  return {
    specs,
    commonFlags,
    unnamed,
    elsewhere,
    optionsElsewhere,
    words,
    named(given) {
      for (const length of [2, 1]) {
        const command =
          given.length < length ? undefined : words.get(given.slice(0, length).join(" "));
        if (command !== undefined) return { command, length };
      }
      return undefined;
    },
    under: (word) => specs.filter(({ name }) => name.startsWith(`${word} `)),
  };
}

/** An option as a command takes it. */
export function optionOf({ options }: Pick<CommandSpec, "options">, key: keyof Flags): FlagSpec {
  return { ...flagSpecs[key], ...options?.[key] };
}

/** The options of a command, `further` ones behind them. */
export function optionsOf(
  command: CommandSpec,
  further: readonly (keyof Flags)[] = [],
): readonly FlagSpec[] {
  return [...new Set([...command.flags, ...further])].map((key) => optionOf(command, key));
}
