import yargs from "yargs";
import type { CliError } from "../failure/cli-error.ts";
import { type CommandName, commandSpecs, commandWords, commonFlags } from "./commands.ts";
import { type Flags, flagSpecs } from "./flags.ts";
import { readFlag } from "./read-flag.ts";
import { separatePatterns } from "./separate-patterns.ts";
import { suggest } from "./suggest.ts";
import { usage } from "./usage.ts";

/** A command line, understood. */
export interface Invocation {
  readonly command: CommandName;
  /** The words that are neither command nor option. */
  readonly operands: readonly string[];
  readonly flags: Flags;
}

/** yargs looks options up in plain objects and stumbles over what every object has. */
function refusePrototypeNames(argv: readonly string[]): void {
  const end = argv.indexOf("--");
  for (const word of end < 0 ? argv : argv.slice(0, end)) {
    const name = /^--?([^=]+)/.exec(word)?.[1] ?? "";
    if (name in Object.prototype)
      throw usage(`there is no option ${word}`, "See mlx-download --help for the options.");
  }
}

function rawParse(argv: readonly string[]): Record<string, unknown> & { _: string[] } {
  const specs = Object.values(flagSpecs);
  const options = Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      {
        alias: [...(spec.aliases ?? [])],
        type: spec.type === "switch" ? ("boolean" as const) : ("string" as const),
        array: spec.type === "list",
      },
    ]),
  );
  const parsed = yargs(separatePatterns(argv))
    .locale("en")
    .help(false)
    .version(false)
    .exitProcess(false)
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "duplicate-arguments-array": true,
      "greedy-arrays": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "strip-aliased": true,
    })
    .options(options)
    .fail((message, error) => {
      throw usage(message || String(error), "See mlx-download --help.");
    })
    .parseSync();
  return { ...parsed, _: parsed._.map(String) };
}

/** The command that the words name, and the words that remain; without a command's name it is `get`. */
function readCommand(words: readonly string[]): {
  command: CommandName;
  operands: readonly string[];
} {
  const [first, ...rest] = words;
  const known = commandWords();
  const command = first === undefined ? undefined : known.get(first);
  if (command !== undefined) return { command, operands: rest };
  if (first !== undefined && /^[A-Za-z-]+$/.test(first)) {
    const meant = suggest(first, known.keys());
    if (meant !== undefined)
      throw usage(
        `there is no command "${first}"`,
        `Did you mean mlx-download ${meant}? (A model of that name: mlx-download get ${first})`,
      );
  }
  return { command: "get", operands: words };
}

function refuseUnknown(parsed: Record<string, unknown>, command: CommandName): void {
  const allowed = new Set([...commandSpecs[command].flags, ...commonFlags, "version" as const]);
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
      const meant = suggest(
        name.replace(/^no-/, ""),
        names.filter((word) => word.length > 1),
      );
      throw usage(
        `there is no option ${dashed}`,
        meant === undefined
          ? `See mlx-download ${command} --help for the options.`
          : `Did you mean --${meant}?`,
      );
    }
    if (allowed.has(key)) continue;
    const owners = (Object.keys(commandSpecs) as CommandName[]).filter((owner) =>
      commandSpecs[owner].flags.includes(key),
    );
    throw usage(
      `${dashed} is no option of mlx-download ${command}`,
      `It belongs to mlx-download ${owners.join(" and ")}; see mlx-download ${command} --help.`,
    );
  }
}

function checkOperands(invocation: Invocation): void {
  const { command, operands } = invocation;
  const { min, max } = commandSpecs[command].operands;
  if (operands.length < min)
    throw usage(
      command === "get" ? "no model is named" : `mlx-download ${command} needs a model`,
      "For example mlx-download mlx-community/Llama-3.2-3B-Instruct-4bit; see mlx-download --help.",
    );
  if (operands.length > max) {
    const extra = operands[max] ?? "";
    const hint =
      command === "list" && operands.length === 1
        ? `Did you mean mlx-download list --filter ${extra}?`
        : command === "cache" && (extra === "list" || extra === "ls")
          ? "Did you mean mlx-download cache --list?"
          : `See mlx-download ${command} --help.`;
    throw usage(`"${extra}" is one word too many for mlx-download ${command}`, hint);
  }
}

function clash(one: string, other: string): CliError {
  return usage(`${one} and ${other} exclude each other`, "Leave one of them out.");
}

function checkTogether({ operands, flags }: Invocation): void {
  if (flags.json && flags.events) throw clash("--json", "--events");
  if (flags.token !== undefined && flags.tokenStdin) throw clash("--token", "--token-stdin");
  if (flags.all && flags.author !== undefined) throw clash("--all", "--author");
  if (flags.dryRun && flags.events) throw clash("--dry-run", "--events");
  if (flags.localDir !== undefined && operands.length > 1)
    throw usage(
      "--local-dir takes one model at a time",
      "The files of several models would overwrite each other; run the command once for each.",
    );
  const actions = [
    flags.list && "--list",
    flags.clear && "--clear",
    flags.clearModel !== undefined && "--clear-model",
  ];
  const [one, other] = actions.filter((name) => name !== false);
  if (one && other) throw clash(one, other);
}

/**
 * Understands the words after the program's name. Throws `cli/usage`, with a guess at what was meant, for unknown
 * commands and options, missing and impossible values, and options that exclude each other.
 */
export function parseCommandLine(argv: readonly string[]): Invocation {
  refusePrototypeNames(argv);
  const parsed = rawParse(argv);
  const helpOrVersion = parsed["help"] === true || parsed["version"] === true;
  const { command, operands } = readCommand(parsed._);
  refuseUnknown(parsed, command);
  const entries = Object.entries(flagSpecs).map(
    ([key, spec]) => [key, readFlag(spec, parsed[spec.name])] as const,
  );
  const flags = Object.fromEntries(
    entries.filter(([, value]) => value !== undefined),
  ) as unknown as Flags;
  const invocation = { command, operands, flags };
  if (helpOrVersion) return invocation;
  checkOperands(invocation);
  checkTogether(invocation);
  return invocation;
}
