import {
  type CommandSpec,
  commandGroups,
} from "../../packages/cli/src/command-line/command-spec.ts";
import { optionsOf } from "../../packages/cli/src/command-line/command-table.ts";
import { commandTable } from "../../packages/cli/src/commands/table.ts";
import type { FlagSpec } from "../../packages/cli/src/command-line/flags/flag-spec.ts";
import { type Flags, flagSpecs } from "../../packages/cli/src/command-line/flags.ts";

const { specs: commandSpecs, commonFlags } = commandTable;

const opening = `# The command line

Written by \`pnpm docs:update\` from the command table (\`packages/cli/src/command-line/\`).

\`mlx-download <org/name[@revision]>…\` downloads. stdout holds data only (the folder of each model, a table, JSON),
stderr everything else. \`mlx-download --help\` and \`mlx-download <command> --help\` show what is here, with examples.
A ref is \`org/name\`, \`org/name@revision\`, \`hf://org/name\` or the URL of the model's page.

\`\`\`sh run
mlx-download mlx-community/tiny-llama-4bit --dry-run
mlx-download mlx-community/tiny-llama-4bit --json
mlx-download path mlx-community/tiny-llama-4bit
\`\`\`

How it ends: [exit codes](exit-codes.md), [errors](errors.md). What it reads from around it:
[environment variables](environment.md). What it writes with \`--events\`: [events](events.md).`;

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A placeholder such as `<ref>` stands in text as it is typed. */
function escaped(text: string): string {
  return text.replaceAll(/[<>*]/gu, (mark) => `\\${mark}`);
}

function option(spec: FlagSpec): string {
  const spellings = [spec.name, ...(spec.aliases ?? [])].map((name) =>
    name.length === 1 ? `-${name}` : `--${name}`,
  );
  const value = spec.value === undefined ? "" : ` ${spec.value}`;
  const names = spellings.map((name) => `\`${name}${value}\``).join(", ");
  return `- ${names}: ${escaped(spec.summary)}`;
}

function options(keys: readonly (keyof Flags)[]): string {
  return keys.map((key) => option(flagSpecs[key])).join("\n");
}

function anchor({ name }: CommandSpec): string {
  return `#mlx-download-${name.replaceAll(" ", "-")}`;
}

function section(spec: CommandSpec): string {
  const word = spec.name === "get" ? "[get]" : spec.name;
  const parts = [
    `### mlx-download ${spec.name}`,
    `\`\`\`text\n${["mlx-download", word, spec.usage, "[options]"].filter(Boolean).join(" ")}\n\`\`\``,
    escaped(sentence(spec.summary)),
  ];
  if (spec.aliases.length > 0)
    parts.push(`Also ${spec.aliases.map((alias) => `\`${alias}\``).join(", ")}.`);
  if (spec.flags.length > 0) parts.push(optionsOf(spec).map(option).join("\n"));
  const examples = spec.examples.map(({ line, purpose }) => `# ${purpose}\n${line}`).join("\n");
  if (examples !== "") parts.push(`\`\`\`sh\n${examples}\n\`\`\``);
  return [...parts, ...(spec.notes ?? []).map(escaped)].join("\n\n");
}

/** The page docs/reference/cli.md, from the command table. */
export function cliReference(): string {
  const groups = commandGroups.map((group) => ({
    group,
    specs: commandSpecs.filter((spec) => spec.group === group),
  }));
  const contents = groups.flatMap(({ specs }) =>
    specs.map((spec) => `- [\`${spec.name}\`](${anchor(spec)}): ${escaped(spec.summary)}`),
  );
  const parts = [
    opening,
    contents.join("\n"),
    ...groups.flatMap(({ group, specs }) =>
      specs.length === 0 ? [] : [`## ${group}`, ...specs.map(section)],
    ),
    "## Options of every command",
    options([...commonFlags, "version"]),
  ];
  return `${parts.join("\n\n")}\n`;
}
