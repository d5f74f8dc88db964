/**
 * A function for bash and zsh that prints the aliases of the nearest project, as its manifest lists them: one a line. It
 * starts no program.
 */
export const aliasesFunction = `_mlx_download_aliases() {
  local folder=$PWD line name
  while [ ! -f "$folder/mlx-models.json" ]; do
    [ -n "$folder" ] || return 0
    folder=\${folder%/*}
  done
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    *'"'*'":'*'"'*/*'"'* | *'"'*'":'*'{'*) ;;
    *) continue ;;
    esac
    name=\${line#*'"'}
    name=\${name%%'"'*}
    case $name in
    '' | models | ref | include | exclude | *[!A-Za-z0-9._-]*) ;;
    *) printf '%s\\n' "$name" ;;
    esac
  done <"$folder/mlx-models.json"
}`;

/** The same function for fish. */
export const fishAliasesFunction = `function __mlx_download_aliases
  set -l folder $PWD
  while not test -f "$folder/mlx-models.json"
    test -n "$folder"; or return
    set folder (string replace -r '/[^/]*$' '' -- $folder)
  end
  string replace -rf '^\\s*"([A-Za-z0-9][A-Za-z0-9._-]*)"\\s*:\\s*(?:"[^"]*/|\\{).*' '$1' <$folder/mlx-models.json | string match -rv '^(?:models|ref)$'
end`;
