import type { CommandSpec, Invocation } from "./command-spec.ts";
import { optionOf } from "./command-table.ts";
import type { CommandTable } from "./command-spec.ts";
import { quoteWord } from "./quote.ts";
import { refuseExclusive } from "./exclusive-flags.ts";
import { type Flags, flagSpecs } from "./flags.ts";
import { readFlag } from "./read-flag.ts";
import { readWords } from "./read-words.ts";
import type { GivenWords } from "./parse-words.ts";
import { suggest } from "./suggest.ts";
import { usage } from "./usage.ts";

/** yargs looks options up in plain objects and fails on the names that every object inherits. */
function refusePrototypeNames(argv: readonly string[]): void {
  const end = argv.indexOf("--");
  for (const word of end < 0 ? argv : argv.slice(0, end)) {
    const name = /^--?([^=]+)/.exec(word)?.[1] ?? "";
    if (name in Object.prototype)
      throw usage(`there is no option ${word}`, "See mlx-download --help for the options.");
  }
}

/**
 * Not a ref with an organization, an address, a path or a pattern: a command, or the short name of
 * a model.
 */
function isBare(word: string): boolean {
  return /^[A-Za-z][\w.-]*$/.test(word);
}

/** Throws for a command of another program. */
function refuseElsewhere(words: string, { elsewhere }: CommandTable): void {
  const next = elsewhere[words.toLowerCase()];
  if (next !== undefined) throw usage(`there is no command "${words}"`, next);
}

/**
 * Throws when the word in the command's place is not a command: a command of another program, a
 * misspelt command of ours, or an unknown word that other words follow. Any other single word may
 * be the short name of a model.
 */
function refuseUnknownCommand(first: string, others: readonly string[], table: CommandTable): void {
  const [second = ""] = others;
  refuseElsewhere(first, table);
  const under = table.under(first).map(({ name }) => name);
  if (under.length > 0) {
    const meant = suggest(`${first} ${second}`, under);
    throw usage(
      second === "" ? `mlx-download ${first} what?` : `there is no command "${first} ${second}"`,
      meant === undefined || second === ""
        ? `There is mlx-download ${under.join(", ")}.`
        : `Did you mean mlx-download ${meant}?`,
    );
  }
  const models = `mlx-download ${table.unnamed.name} ${[first, ...others].map(quoteWord).join(" ")}`;
  const meant = /^[A-Za-z-]+$/.test(first) ? suggest(first, table.words.keys()) : undefined;
  if (meant !== undefined)
    throw usage(
      `there is no command "${first}"`,
      others.length === 0
        ? `Did you mean mlx-download ${meant}? (A model of that name: ${models})`
        : `Did you mean mlx-download ${meant}?`,
    );
  if (others.length > 0)
    throw usage(
      `there is no command "${first}"`,
      `mlx-download --help lists the commands. (Models of these names: ${models})`,
    );
}

/** The command that the words name, and the words that remain. */
function readCommand(
  words: readonly string[],
  table: CommandTable,
): {
  command: CommandSpec;
  operands: readonly string[];
} {
  refuseElsewhere(words.slice(0, 2).join(" "), table);
  const named = table.named(words);
  if (named !== undefined) return { command: named.command, operands: words.slice(named.length) };
  const [first] = words;
  if (first !== undefined && isBare(first)) refuseUnknownCommand(first, words.slice(1), table);
  return { command: table.unnamed, operands: words };
}

function refuseUnknown(parsed: GivenWords, command: CommandSpec, table: CommandTable): void {
  const allowed = new Set([...command.flags, ...table.commonFlags, "version" as const]);
  const names = [...allowed].flatMap((key) => [
    flagSpecs[key].name,
    ...(flagSpecs[key].aliases ?? []),
  ]);
  const keyOf = new Map(
    Object.entries(flagSpecs).map(([key, spec]) => [spec.name, key as keyof Flags]),
  );
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "_" || name === "$0" || value === undefined) continue;
    const dashed = name.length === 1 ? `-${name}` : `--${name}`;
    const key = keyOf.get(name);
    if (key === undefined) {
      const next = Object.hasOwn(table.optionsElsewhere, name)
        ? table.optionsElsewhere[name]
        : undefined;
      const meant = suggest(
        name.replace(/^no-/, ""),
        names.filter((word) => word.length > 1),
      );
      throw usage(
        `there is no option ${dashed}`,
        next ??
          (meant === undefined
            ? `See mlx-download ${command.name} --help for the options.`
            : `Did you mean --${meant}?`),
      );
    }
    if (allowed.has(key)) continue;
    const owners = table.specs.filter(({ flags }) => flags.includes(key)).map((spec) => spec.name);
    throw usage(
      `${dashed} is no option of mlx-download ${command.name}`,
      `It belongs to mlx-download ${owners.join(" and ")}; see mlx-download ${command.name} --help.`,
    );
  }
}

function checkOperands({ command, operands, table }: Invocation): void {
  const { min, max, what = "a model" } = command.operands;
  if (operands.length < min)
    throw usage(
      command === table.unnamed
        ? "no model is named"
        : `mlx-download ${command.name} needs ${what}`,
      `For example ${command.examples[0]?.line ?? `mlx-download ${command.name} ${command.usage}`}; see mlx-download --help.`,
    );
  if (operands.length <= max) return;
  const extra = operands[max] ?? "";
  const under = suggest(
    `${command.name} ${extra}`,
    table.under(command.name).map(({ name }) => name),
  );
  // The command knows better than a likeness of letters.
  const better =
    command.tooMany?.(extra) ??
    (under === undefined ? undefined : `Did you mean mlx-download ${under}?`);
  throw usage(
    `"${extra}" is one word too many for mlx-download ${command.name}`,
    better ?? `See mlx-download ${command.name} --help.`,
  );
}

/**
 * Parses the words after the program's name as a call of a command in `table`. Throws `cli/usage`
 * with a suggestion for unknown commands and options, missing and invalid values, and options that
 * exclude each other.
 */
export async function parseCommandLine(
  argv: readonly string[],
  table: CommandTable,
): Promise<Invocation> {
  refusePrototypeNames(argv);
  const parsed = await readWords(argv);
  const helpOrVersion = parsed["help"] === true || parsed["version"] === true;
  const { command, operands } = readCommand(parsed._, table);
  refuseUnknown(parsed, command, table);
  const entries = Object.entries(flagSpecs).map(
    ([key, { name }]) =>
      [key, readFlag(optionOf(command, key as keyof Flags), parsed[name])] as const,
  );
  const flags = Object.fromEntries(
    entries.filter(([, value]) => value !== undefined),
  ) as unknown as Flags;
  const invocation = { command, operands, flags, table };
  if (helpOrVersion) return invocation;
  checkOperands(invocation);
  refuseExclusive(flags);
  command.check?.(invocation);
  return invocation;
}
