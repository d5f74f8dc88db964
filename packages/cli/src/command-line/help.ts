import { displayWidth, padEnd, wrapWords } from "../text/display-width.ts";
import { paint, type Style } from "../text/style.ts";
import { commandGroups, type CommandSpec, type Example } from "./command-spec.ts";
import { optionsOf } from "./command-table.ts";
import type { CommandTable } from "./command-spec.ts";
import type { FlagSpec } from "./flags/flag-spec.ts";
import { flagSpecs } from "./flags.ts";

/** The program and the terminal that the help is written for. */
export interface HelpStyle extends Style {
  readonly columns: number;
  readonly table: CommandTable;
}

/** Two columns. The second wraps under itself, or moves below the first in a narrow terminal. */
function rows(pairs: readonly (readonly [string, string])[], style: HelpStyle): string[] {
  const widest = Math.max(...pairs.map(([left]) => displayWidth(left)));
  const columns = Math.min(style.columns, 100) - 1;
  const below = columns < 60;
  const indent = below ? 6 : widest + 4;
  return pairs.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrapWords(right, columns - indent);
    const padding = " ".repeat(indent);
    // Above its text an option needs no column of its own.
    const start = `  ${paint(style, "strong", below ? left.trim() : left)}`;
    if (below) return [start, ...[first, ...rest].map((line) => padding + line)];
    return [
      `${start}${" ".repeat(indent - 2 - displayWidth(left))}${first}`,
      ...rest.map((line) => padding + line),
    ];
  });
}

function flagLabel(spec: FlagSpec): string {
  const short = spec.aliases?.find((alias) => alias.length === 1);
  const value = spec.value === undefined ? "" : ` ${spec.value}`;
  return `${short === undefined ? "    " : `-${short}, `}--${spec.name}${value}`;
}

function flagSummary(spec: FlagSpec): string {
  const others = (spec.aliases ?? []).filter((alias) => alias.length > 1);
  return others.length === 0 ? spec.summary : `${spec.summary}; also --${others.join(", --")}`;
}

function exampleLines(pairs: readonly Example[], style: HelpStyle): string[] {
  const widest = Math.max(...pairs.map(({ line }) => displayWidth(line)));
  const sideBySide = style.columns > widest + 30;
  return pairs.flatMap(({ line, purpose }) =>
    sideBySide
      ? [`  ${padEnd(line, widest)}  ${paint(style, "quiet", `# ${purpose}`)}`]
      : [`  ${paint(style, "quiet", `# ${purpose}`)}`, `  ${line}`],
  );
}

function title(style: Style, text: string): string {
  return paint(style, "label", text);
}

/** The commands, one line each. Their operands are in their own help. */
function commandRows(specs: readonly CommandSpec[], style: HelpStyle): string[] {
  return rows(
    specs.map(({ name, summary }) => [name, summary] as const),
    style,
  );
}

function commandHelp(spec: CommandSpec, style: HelpStyle): string[] {
  const word = spec === style.table.unnamed ? `[${spec.name}]` : spec.name;
  const under = style.table.under(spec.name);
  const flags = optionsOf(spec, style.table.commonFlags);
  const summary = wrapWords(
    `${spec.summary.charAt(0).toUpperCase()}${spec.summary.slice(1)}.`,
    style.columns - 1,
  );
  return [
    `${title(style, "Usage:")} mlx-download ${[word, spec.usage, "[options]"].filter(Boolean).join(" ")}`,
    "",
    ...summary,
    ...(spec.aliases.length > 0
      ? wrapWords(`The same: mlx-download ${spec.aliases.join(", ")}`, style.columns - 1)
      : []),
    "",
    ...(under.length > 0 ? [title(style, "Commands:"), ...commandRows(under, style), ""] : []),
    title(style, "Options:"),
    ...rows(
      flags.map((flag) => [flagLabel(flag), flagSummary(flag)] as const),
      style,
    ),
    "",
    title(style, "Examples:"),
    ...exampleLines(spec.examples, style),
    ...(spec.notes
      ? ["", ...spec.notes.flatMap((note) => wrapWords(note, Math.min(100, style.columns) - 1))]
      : []),
  ];
}

const exitCodeText =
  "Exit codes: 0 ok, 2 usage, 3 authentication, 4 not found, 5 network, 6 disk, 7 integrity, 8 does not fit or load, 9 locked, 10 refused, 11 some failed, 75 rate limited, 129, 130 and 143 interrupted, 1 anything else.";

/** The examples of the first command, and one for the first command of every other group. */
function overviewExamples({ specs }: CommandTable): readonly Example[] {
  return commandGroups.flatMap((group, at) => {
    const examplesOfGroup = specs.find((spec) => spec.group === group)?.examples ?? [];
    return at === 0 ? examplesOfGroup : examplesOfGroup.slice(0, 1);
  });
}

function groupLines(style: HelpStyle): string[] {
  const widest = Math.max(...style.table.specs.map(({ name }) => displayWidth(name)));
  return commandGroups.flatMap((group) => {
    const specs = style.table.specs.filter((spec) => spec.group === group);
    if (specs.length === 0) return [];
    const pairs = specs.map(({ name, summary }) => [padEnd(name, widest), summary] as const);
    return [title(style, `${group}:`), ...rows(pairs, style), ""];
  });
}

function overview(version: string, style: HelpStyle): string[] {
  const common = [...style.table.commonFlags, "version" as const].map((key) => flagSpecs[key]);
  const wrapped = (text: string): string[] => wrapWords(text, Math.min(120, style.columns) - 1, 2);
  return [
    ...wrapped(
      `mlx-download ${version}: MLX models from the Hugging Face Hub, resumed, verified, in the cache that every tool shares`,
    ),
    "",
    `${title(style, "Usage:")} mlx-download <org/name[@revision]>… [options]`,
    `       mlx-download <command> [options]`,
    "",
    ...groupLines(style),
    title(style, "Options of every command:"),
    ...rows(
      common.map((flag) => [flagLabel(flag), flagSummary(flag)] as const),
      style,
    ),
    "",
    title(style, "Examples:"),
    ...exampleLines(overviewExamples(style.table), style),
    "",
    ...wrapped("mlx-download help <command> shows the options of a command."),
    ...wrapWords(exitCodeText, Math.min(100, style.columns) - 1, 2),
  ];
}

/**
 * The help for the given words: that of the named command, otherwise the overview. Ends without a
 * newline.
 */
export function helpText(argv: readonly string[], version: string, style: HelpStyle): string {
  const words = argv.filter((word) => !word.startsWith("-"));
  const named = words
    .map((_, at) => style.table.named(words.slice(at)))
    .find((found) => found !== undefined);
  const lines = named === undefined ? overview(version, style) : commandHelp(named.command, style);
  return lines.join("\n");
}
