import { optionsOf } from "../../../command-line/command-table.ts";
import type { CommandTable } from "../../../command-line/command-spec.ts";
import type { FlagSpec } from "../../../command-line/flags/flag-spec.ts";

/** A command as a shell completes it. */
export interface CompletedCommand {
  /** One word or two, of the name or of an alias. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly FlagSpec[];
  /** The completed operand. */
  readonly operands: "models" | "aliases" | "folders" | "nothing" | readonly string[];
}

/** Every command under each of its names, with its options and the common ones. */
export function completedCommands({
  specs,
  commonFlags,
}: CommandTable): readonly CompletedCommand[] {
  return specs.flatMap((spec) => {
    const options = optionsOf(spec, commonFlags);
    const { max, complete = "models" } = spec.operands;
    const operands = max === 0 ? "nothing" : complete;
    const { summary } = spec;
    return [spec.name, ...spec.aliases].map((name) => ({ name, summary, options, operands }));
  });
}

/** The spellings of an option with their dashes. */
export function spellings({ name, aliases = [] }: FlagSpec): readonly string[] {
  return [name, ...aliases].map((word) => (word.length === 1 ? `-${word}` : `--${word}`));
}

/** Whether the option's value is a folder. */
export function isFolder({ value }: FlagSpec): boolean {
  return value === "DIR" || value === "PLACE";
}

/** Words that a shell takes as one, in single quotes. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
