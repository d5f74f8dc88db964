import type { CommandTable } from "../../../command-line/command-spec.ts";
import {
  type CompletedCommand,
  completedCommands,
  isFolder,
  singleQuoted,
  spellings,
} from "./completed-commands.ts";
import { aliasesFunction } from "./aliases.ts";
import { hubFolderFunction } from "./hub-folder.ts";
import { flagSpecs } from "../../../command-line/flags.ts";

function values(): string {
  const cases = Object.values(flagSpecs).flatMap((spec) => {
    if (spec.value === undefined) return [];
    const pattern = spellings(spec).join("|");
    if (spec.choices)
      return `    ${pattern}) COMPREPLY=($(compgen -W ${singleQuoted(spec.choices.join(" "))} -- "$cur")); return ;;`;
    return isFolder(spec)
      ? `    ${pattern}) COMPREPLY=($(compgen -d -- "$cur")); return ;;`
      : `    ${pattern}) return ;;`;
  });
  return cases.join("\n");
}

/** Sets the completed words for commands whose operand is not a model. */
function operandsOf(operands: CompletedCommand["operands"]): string {
  if (operands === "models") return "";
  return ` operands=${singleQuoted(typeof operands === "string" ? operands : operands.join(" "))}`;
}

/** The completion script for bash: `source <(mlx-download completion bash)`. It starts no program. */
export function bashCompletion(table: CommandTable): string {
  const commands = completedCommands(table);
  const firsts = [...new Set(commands.map(({ name }) => name.split(" ")[0] ?? ""))];
  const seconds = firsts.flatMap((first) => {
    const words = commands.flatMap(({ name }) =>
      name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : [],
    );
    return words.length === 0 ? [] : `    ${first}) seconds=${singleQuoted(words.join(" "))} ;;`;
  });
  const options = (name: string): string =>
    commands
      .filter((command) => command.name === name)
      .flatMap((command) => command.options.flatMap(spellings))
      .join(" ");
  const cases = commands.map(
    ({ name, operands }) =>
      `    ${singleQuoted(name)}) options=${singleQuoted(options(name))}${operandsOf(operands)} ;;`,
  );
  return `# bash completion of mlx-download: source <(mlx-download completion bash)
${hubFolderFunction}

${aliasesFunction}

_mlx_download_models() {
  local folder name
  for folder in "$(_mlx_download_hub)"/models--*--*; do
    [ -d "$folder" ] || continue
    name=\${folder##*/models--}
    printf '%s\\n' "\${name%%--*}/\${name#*--}"
  done
}

_mlx_download() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local first='' second='' seconds='' options='' operands=models i
  COMPREPLY=()
  case $prev in
${values()}
  esac
  for ((i = 1; i < COMP_CWORD; i += 1)); do
    case \${COMP_WORDS[i]} in
    -*) ;;
    *) if [ -z "$first" ]; then first=\${COMP_WORDS[i]}; elif [ -z "$second" ]; then second=\${COMP_WORDS[i]}; fi ;;
    esac
  done
  case $first in
${seconds.join("\n")}
  esac
  case "$first $second" in
${cases
  .filter((line) => / '.* .*'\)/.test(line))
  .map((line) => line.replace(/^ {4}/, "  "))
  .join("\n")}
  *)
    case $first in
${cases.filter((line) => !/ '.* .*'\)/.test(line)).join("\n")}
    *) options=${singleQuoted(options("get"))} ;;
    esac
    ;;
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [ -z "$first" ]; then
    COMPREPLY=($(compgen -W ${singleQuoted(firsts.join(" "))}" $(_mlx_download_models)" -- "$cur"))
  elif [ -n "$seconds" ] && [ -z "$second" ]; then
    COMPREPLY=($(compgen -W "$seconds" -- "$cur"))
  else
    case $operands in
    models) COMPREPLY=($(compgen -W "$(_mlx_download_models) $(_mlx_download_aliases)" -- "$cur")) ;;
    aliases) COMPREPLY=($(compgen -W "$(_mlx_download_aliases)" -- "$cur")) ;;
    folders) COMPREPLY=($(compgen -f -- "$cur")) ;;
    nothing) ;;
    *) COMPREPLY=($(compgen -W "$operands" -- "$cur")) ;;
    esac
  fi
}
complete -F _mlx_download mlx-download
`;
}
