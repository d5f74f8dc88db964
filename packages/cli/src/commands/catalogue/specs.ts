import type { CommandSpec } from "../../command-line/command-spec.ts";

/** `mlx-download search <query>` */
export const search: CommandSpec = {
  name: "search",
  group: "Find and choose",
  aliases: ["find"],
  usage: "[words and filters…]",
  summary: "find MLX models, also offline, also mistyped",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: [
    "limit",
    "author",
    "all",
    "fits",
    "group",
    "memory",
    "chip",
    "online",
    "offline",
    "cacheDir",
    "endpoint",
    "tokenStdin",
    "token",
  ],
  examples: [
    { line: "mlx-download search qwen3 coder bits:4", purpose: "words in any order, and a filter" },
    {
      line: "mlx-download search gemma 'size:<10GB' fits",
      purpose: "models that fit this machine",
    },
    { line: "mlx-download search qwen3 --group", purpose: "base models and their quantizations" },
    { line: "mlx-download search here", purpose: "models already in the cache" },
    {
      line: "mlx-download search whisper --json | jq -r '.models[].repoId'",
      purpose: "for a script",
    },
  ],
  notes: [
    'Filters: author: license: arch: task: bits:4,8 size:<20GB params:7B..14B downloads:>1000 gated fits here not:word "a phrase". Quote < and > for the shell.',
    "It searches the catalogue on this disk (mlx-download catalogue sync) and reports its age. Without a catalogue it asks the Hub, which does not correct typing errors.",
  ],
  load: () => import("./search.ts"),
};

/** `mlx-download catalogue sync` */
export const catalogueSync: CommandSpec = {
  name: "catalogue sync",
  group: "Find and choose",
  aliases: ["catalog sync"],
  usage: "",
  summary: "download or update the list of all MLX models",
  operands: { min: 0, max: 0 },
  flags: ["dryRun", "full", "endpoint", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download catalogue sync --dry-run", purpose: "show the cost first" },
    { line: "mlx-download catalogue sync", purpose: "resumes a stopped run" },
  ],
  notes: [
    "It reads names and figures, not models. Nothing synchronises by itself. Later runs read the changes, and once a week the whole list.",
  ],
  load: () => import("./sync.ts"),
};

/** `mlx-download catalogue status` */
export const catalogueStatus: CommandSpec = {
  name: "catalogue status",
  group: "Find and choose",
  aliases: ["catalogue", "catalog status", "catalog"],
  usage: "",
  summary: "show the number of models in the catalogue on this disk, and its age",
  operands: { min: 0, max: 0 },
  flags: ["endpoint"],
  examples: [{ line: "mlx-download catalogue status", purpose: "models, age, size" }],
  load: () => import("./status.ts"),
};
