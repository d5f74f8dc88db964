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
    { line: "mlx-download search gemma 'size:<10GB' fits", purpose: "what this machine can hold" },
    { line: "mlx-download search here", purpose: "what is in the cache already" },
    {
      line: "mlx-download search whisper --json | jq -r '.models[].repoId'",
      purpose: "for a script",
    },
  ],
  notes: [
    'Filters: author: license: arch: task: bits:4,8 size:<20GB params:7B..14B downloads:>1000 gated fits here not:word "a phrase". Quote < and > for the shell.',
    "It searches the catalogue on this disk (mlx-download catalogue sync) and says how old it is. Where there is none yet it asks the Hub, which knows no mistyped words.",
  ],
  load: () => import("./search.ts"),
};

/** `mlx-download catalogue sync` */
export const catalogueSync: CommandSpec = {
  name: "catalogue sync",
  group: "Find and choose",
  aliases: ["catalog sync"],
  usage: "",
  summary: "bring the list of all MLX models to this disk, or up to date",
  operands: { min: 0, max: 0 },
  flags: ["dryRun", "full", "endpoint", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download catalogue sync --dry-run", purpose: "what it would cost, first" },
    { line: "mlx-download catalogue sync", purpose: "goes on where a stopped one ended" },
  ],
  notes: [
    "It reads names and figures, no model. Nothing synchronises by itself; later runs read what changed, and once a week everything.",
  ],
  load: () => import("./sync.ts"),
};

/** `mlx-download catalogue status` */
export const catalogueStatus: CommandSpec = {
  name: "catalogue status",
  group: "Find and choose",
  aliases: ["catalogue", "catalog status", "catalog"],
  usage: "",
  summary: "how many models the catalogue on this disk has, and of when",
  operands: { min: 0, max: 0 },
  flags: ["endpoint"],
  examples: [{ line: "mlx-download catalogue status", purpose: "models, age, size" }],
  load: () => import("./status.ts"),
};
