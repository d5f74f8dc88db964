import type { Shell } from "../shell/shell.ts";
import type { FlagSpec } from "./flags/flag-spec.ts";
import type { Flags } from "./flags.ts";

/** A command line, understood. */
export interface Invocation {
  readonly command: CommandSpec;
  /** The words that are neither command nor option. */
  readonly operands: readonly string[];
  readonly flags: Flags;
  /** The commands there are, for the commands that speak of them. */
  readonly table: CommandTable;
}

/** An invocation worth imitating. */
export interface Example {
  readonly line: string;
  readonly purpose: string;
}

/** Loads the module that runs a command. It is called only when the command is called. */
export interface CommandRunner {
  /** Runs the command and resolves with its exit code. Throws coded errors. */
  run(invocation: Invocation, shell: Shell): Promise<number>;
}

/** The headings of the overview, in its order. */
export const commandGroups = [
  "Download",
  "Find and choose",
  "Project",
  "Cache",
  "Serve and share",
  "Account and settings",
] as const;

/** One command, as the parser, the help, the completions and the reference see it. */
export interface CommandSpec {
  /** One word, or two with a space: `cache ls`. */
  readonly name: string;
  readonly group: (typeof commandGroups)[number];
  /** Other names, of one or two words. */
  readonly aliases: readonly string[];
  /** The operands in usage notation. */
  readonly usage: string;
  /** One line, lower case, no full stop. */
  readonly summary: string;
  readonly flags: readonly (keyof Flags)[];
  /** How many words may follow the name. */
  readonly operands: {
    readonly min: number;
    readonly max: number;
    /** Names the missing operand in the error for too few operands. Default: `a model`. */
    readonly what?: string;
    /**
     * The operands that a shell completes: models of the cache (default), folders, these words, or
     * nothing.
     */
    readonly complete?: "models" | "aliases" | "folders" | "nothing" | readonly string[];
  };
  /** Per option: a more precise description for this command, and the choices it accepts. */
  readonly options?: Readonly<
    Partial<Record<keyof Flags, Partial<Pick<FlagSpec, "summary" | "choices" | "value">>>>
  >;
  readonly examples: readonly Example[];
  /** Closing paragraphs for the help. */
  readonly notes?: readonly string[];
  /** Throws `cli/usage` for options that are valid one by one but make no sense together. */
  readonly check?: (invocation: Invocation) => void;
  /** The next step for one operand too many, where there is better advice than the help. */
  readonly tooMany?: (extra: string) => string | undefined;
  readonly load: () => Promise<CommandRunner>;
}

/** The commands of a program, as its parser, help, completions and reference see them. */
export interface CommandTable {
  /** In the order of the help. */
  readonly specs: readonly CommandSpec[];
  /** Options that every command takes. */
  readonly commonFlags: readonly (keyof Flags)[];
  /** The command that operands without a command's name belong to. */
  readonly unnamed: CommandSpec;
  /**
   * Commands of other programs that do not exist here, in one or two words, with the next step for
   * each.
   */
  readonly elsewhere: Readonly<Record<string, string>>;
  /** Options of other programs, without their dashes, with the next step for each. */
  readonly optionsElsewhere: Readonly<Record<string, string>>;
  /** Every name and alias, of one or two words, with its command. */
  readonly words: ReadonlyMap<string, CommandSpec>;
  /** The command that the leading words name (longest name first), and how many words it took. */
  named(
    words: readonly string[],
  ): { readonly command: CommandSpec; readonly length: number } | undefined;
  /** The commands of two words that begin with `word`. */
  under(word: string): readonly CommandSpec[];
}
