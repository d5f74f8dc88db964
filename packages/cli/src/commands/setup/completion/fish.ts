import type { CommandTable } from "../../../command-line/command-spec.ts";
import { completedCommands, isFolder } from "./completed-commands.ts";
import { fishAliasesFunction } from "./aliases.ts";
import { fishHubFolderFunction } from "./hub-folder.ts";

/** Words that fish takes as one. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** The completion script for fish: `mlx-download completion fish | source`. */
export function fishCompletion(table: CommandTable): string {
  const commands = completedCommands(table);
  const names = commands.map(({ name }) => quoted(name)).join(" ");
  const words = commands.map(({ name, summary }) => {
    const [first = "", second] = name.split(" ");
    const when = second === undefined ? "__mlx_download_at" : `__mlx_download_at ${first}`;
    return `complete -c mlx-download -n ${quoted(when)} -a ${quoted(second ?? first)} -d ${quoted(summary)}`;
  });
  const groups = new Map<string, string>();
  for (const { name, summary } of commands) {
    const [first = "", second] = name.split(" ");
    if (second !== undefined && !commands.some((other) => other.name === first))
      groups.set(first, summary);
  }
  const prefixes = [...groups].map(
    ([first, summary]) =>
      `complete -c mlx-download -n __mlx_download_at -a ${quoted(first)} -d ${quoted(summary)}`,
  );
  const options = commands.flatMap(({ name, options: specs }) =>
    specs.map((spec) => {
      const parts = [`complete -c mlx-download -n ${quoted(`__mlx_download_is ${quoted(name)}`)}`];
      for (const word of [spec.name, ...(spec.aliases ?? [])])
        parts.push(word.length === 1 ? `-s ${word}` : `-l ${word}`);
      if (spec.value !== undefined) parts.push(isFolder(spec) ? "-r" : "-x");
      if (spec.choices) parts.push(`-a ${quoted(spec.choices.join(" "))}`);
      if (isFolder(spec)) parts.push(`-a '(__fish_complete_directories)'`);
      return [...parts, `-d ${quoted(spec.summary)}`].join(" ");
    }),
  );
  const others = commands
    .filter((command) => command.operands !== "models")
    .map(({ name }) => quoted(name))
    .join(" ");
  const operands = commands.flatMap((command) => {
    const when = `-n ${quoted(`__mlx_download_is ${quoted(command.name)}`)}`;
    if (command.operands === "folders") return [`complete -c mlx-download ${when} -F`];
    if (command.operands === "aliases")
      return [`complete -c mlx-download ${when} -a '(__mlx_download_aliases)'`];
    if (typeof command.operands === "string") return [];
    return [`complete -c mlx-download ${when} -a ${quoted(command.operands.join(" "))}`];
  });
  return `# fish completion of mlx-download: mlx-download completion fish | source
function __mlx_download_words
  set -l typed (commandline -opc)
  string match --invert -- '-*' $typed[2..-1]
end

# Whether exactly these words were typed so far.
function __mlx_download_at
  test "$(string join ' ' (__mlx_download_words))" = "$(string join ' ' $argv)"
end

# Whether the words typed so far name this command; words that name none are models for get.
function __mlx_download_is
  set -l typed (__mlx_download_words)
  set -l names ${names}
  set -l two "$(string join ' ' $typed[1..2])"
  if contains -- $two $names
    test "$two" = "$argv"
  else if contains -- "$typed[1]" $names
    test "$typed[1]" = "$argv"
  else
    test "$argv" = get
  end
end

${fishHubFolderFunction}

${fishAliasesFunction}

# Whether a model may stand here: behind a command that takes one, and where no command was typed yet.
function __mlx_download_takes_models
  for name in ${others}
    __mlx_download_is $name; and return 1
  end
  return 0
end

function __mlx_download_models
  set -l hub (__mlx_download_hub)
  for folder in $hub/models--*--*
    string replace -- '--' '/' (string replace -- 'models--' '' (path basename $folder))
  end
end

complete -c mlx-download -f
complete -c mlx-download -n __mlx_download_takes_models -a '(__mlx_download_models) (__mlx_download_aliases)'
${operands.join("\n")}
${[...prefixes, ...words, ...options].join("\n")}
`;
}
