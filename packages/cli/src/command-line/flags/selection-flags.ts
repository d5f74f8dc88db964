/** Options about which files of which revision. */
export const selectionFlags = {
  revision: {
    name: "revision",
    type: "text",
    value: "REV",
    summary: "branch, tag or commit, the same as @REV behind the name (default main)",
  },
  include: {
    name: "include",
    type: "list",
    value: "GLOB",
    aliases: ["allow-patterns"],
    summary: "only files that match, several times if need be (* crosses folders)",
  },
  exclude: {
    name: "exclude",
    type: "list",
    value: "GLOB",
    aliases: ["ignore-patterns"],
    summary: "no files that match, several times if need be",
  },
  preset: {
    name: "preset",
    type: "text",
    value: "NAME",
    choices: ["all", "mlx", "tokenizer", "config"],
    summary:
      "a named set of files: all (every file), mlx (the files that mlx-lm reads), tokenizer, config (default: all but weights over 10 MB in formats that MLX does not load, where there are model*.safetensors)",
  },
  localDir: {
    name: "local-dir",
    type: "text",
    value: "DIR",
    summary: "plain files into this folder instead of the cache",
  },
} as const;
