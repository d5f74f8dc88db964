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

/** `word:description`, the format of `_describe`. */
function described(word: string, summary: string): string {
  return singleQuoted(`${word.replaceAll(":", "\\:")}:${summary}`);
}

function optionList({ options }: CompletedCommand): string {
  return options
    .flatMap((spec) => spellings(spec).map((word) => described(word, spec.summary)))
    .join(" ");
}

function values(): string {
  return Object.values(flagSpecs)
    .flatMap((spec) => {
      if (spec.value === undefined) return [];
      const pattern = spellings(spec).join("|");
      if (spec.choices) return `    ${pattern}) compadd -- ${spec.choices.join(" ")}; return ;;`;
      return isFolder(spec) ? `    ${pattern}) _files -/; return ;;` : `    ${pattern}) return ;;`;
    })
    .join("\n");
}

/** Sets the completed words for commands whose operand is not a model. */
function operandsOf({ operands }: CompletedCommand): string {
  if (operands === "models") return "";
  return ` operands=${singleQuoted(typeof operands === "string" ? operands : operands.join(" "))}`;
}

/**
 * The completion script for zsh, with a description of each word: `source <(mlx-download completion
 * zsh)`.
 */
export function zshCompletion(table: CommandTable): string {
  const commands = completedCommands(table);
  const firsts = new Map<string, string>();
  for (const { name, summary } of commands) {
    const [first = "", second] = name.split(" ");
    if (second === undefined || !firsts.has(first)) firsts.set(first, summary);
  }
  const seconds = [...firsts.keys()].flatMap((first) => {
    const under = commands.filter(({ name }) => name.startsWith(`${first} `));
    const words = under.map(({ name, summary }) =>
      described(name.slice(first.length + 1), summary),
    );
    return words.length === 0 ? [] : `    ${first}) seconds=(${words.join(" ")}) ;;`;
  });
  const cases = (two: boolean): string =>
    commands
      .filter(({ name }) => name.includes(" ") === two)
      .map(
        (command) =>
          `    ${singleQuoted(command.name)}) options=(${optionList(command)})${operandsOf(command)} ;;`,
      )
      .join("\n");
  const byDefault = commands.find(({ name }) => name === "get");
  return `#compdef mlx-download
# zsh completion of mlx-download: source <(mlx-download completion zsh)
${hubFolderFunction}

${aliasesFunction}

_mlx_download_models() {
  local -a models
  local hub=$(_mlx_download_hub)
  models=($hub/models--*--*(N:t))
  models=(\${models#models--})
  compadd -- \${models/--//}
}

_mlx_download() {
  local -a firsts seconds options typed
  local operands=models
  firsts=(${[...firsts].map(([word, summary]) => described(word, summary)).join(" ")})
  case \${words[CURRENT-1]} in
${values()}
  esac
  typed=(\${\${words[2,CURRENT-1]}:#-*})
  case \${typed[1]} in
${seconds.join("\n")}
  esac
  case "\${typed[1]} \${typed[2]}" in
${cases(true)}
    *)
      case \${typed[1]} in
${cases(false)}
    *) options=(${byDefault === undefined ? "" : optionList(byDefault)}) ;;
      esac
      ;;
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe -o option options
  elif (( \${#typed} == 0 )); then
    _describe command firsts
    _mlx_download_models
  elif (( \${#seconds} > 0 && \${#typed} == 1 )); then
    _describe command seconds
  else
    case $operands in
    models)
      _mlx_download_models
      compadd -- \${(f)"$(_mlx_download_aliases)"}
      ;;
    aliases) compadd -- \${(f)"$(_mlx_download_aliases)"} ;;
    folders) _files ;;
    nothing) ;;
    *) compadd -- \${=operands} ;;
    esac
  fi
}

if [ "$funcstack[1]" = _mlx_download ]; then
  _mlx_download "$@"
else
  compdef _mlx_download mlx-download
fi
`;
}
