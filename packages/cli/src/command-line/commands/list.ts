import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download list` */
export const list: CommandSpec = {
  name: "list",
  group: "Find and choose",
  aliases: [],
  usage: "",
  summary: "list MLX models on the Hub",
  operands: { min: 0, max: 0 },
  flags: ["filter", "author", "all", "limit", "sort", "endpoint", "backend", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download list --filter qwen3 --limit 10", purpose: "the ten most downloaded" },
    { line: "mlx-download list --all --sort created", purpose: "the newest of every author" },
    { line: "mlx-download list --json | jq -r '.[].repo_id'", purpose: "for a script" },
  ],
  tooMany: (extra) => `Did you mean mlx-download list --filter ${extra}?`,
  load: () => import("../../commands/list.ts"),
};
