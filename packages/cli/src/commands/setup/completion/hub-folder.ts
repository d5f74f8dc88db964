/**
 * A function for bash and zsh that prints the hub cache as the command itself finds it: the environment, then the
 * configuration file, then the default. It starts no program.
 */
export const hubFolderFunction = `_mlx_download_hub() {
  local hub="\${HF_HUB_CACHE:-\${HUGGINGFACE_HUB_CACHE:-\${HF_HOME:+$HF_HOME/hub}}}"
  local config="\${MLX_DOWNLOAD_CONFIG:-\${XDG_CONFIG_HOME:-$HOME/.config}/mlx-download/config.json}" text
  if [ -z "$hub" ] && [ -r "$config" ]; then
    text=$(<"$config")
    case $text in
    *'"cache-dir"'*)
      text=\${text#*'"cache-dir"'}
      text=\${text#*'"'}
      hub=\${text%%'"'*}
      ;;
    esac
  fi
  case $hub in
  '') hub="\${XDG_CACHE_HOME:-$HOME/.cache}/huggingface/hub" ;;
  '~/'*) hub="$HOME/\${hub#'~/'}" ;;
  esac
  printf '%s\\n' "$hub"
}`;

/** The same function for fish. */
export const fishHubFolderFunction = `function __mlx_download_hub
  set -l config $HOME/.config/mlx-download/config.json
  test -n "$XDG_CONFIG_HOME"; and set config $XDG_CONFIG_HOME/mlx-download/config.json
  test -n "$MLX_DOWNLOAD_CONFIG"; and set config $MLX_DOWNLOAD_CONFIG
  set -l hub
  if test -n "$HF_HUB_CACHE"
    set hub $HF_HUB_CACHE
  else if test -n "$HUGGINGFACE_HUB_CACHE"
    set hub $HUGGINGFACE_HUB_CACHE
  else if test -n "$HF_HOME"
    set hub $HF_HOME/hub
  else if test -r "$config"
    set hub (string replace -rf '.*"cache-dir"\\s*:\\s*"([^"]*)".*' '$1' <$config)
  end
  if test -z "$hub"
    set hub $HOME/.cache/huggingface/hub
    test -n "$XDG_CACHE_HOME"; and set hub $XDG_CACHE_HOME/huggingface/hub
  end
  string replace -r '^~/' $HOME/ $hub
end`;
