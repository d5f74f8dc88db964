import type { CommandSpec } from "../command-spec.ts";
import { usage } from "../usage.ts";

/** `mlx-download list` */
export const list: CommandSpec = {
  name: "list",
  group: "Find and choose",
  aliases: ["search"],
  usage: "[words…]",
  summary: "list MLX models on the Hub",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: [
    "filter",
    "author",
    "all",
    "limit",
    "sort",
    "quant",
    "fits",
    "memory",
    "chip",
    "endpoint",
    "backend",
    "tokenStdin",
    "token",
  ],
  examples: [
    { line: "mlx-download search qwen3 --limit 10", purpose: "the ten most downloaded" },
    { line: "mlx-download list --all --sort created", purpose: "the newest of every author" },
    { line: "mlx-download list --json | jq -r '.[].repo_id'", purpose: "for a script" },
  ],
  check({ operands, flags }) {
    if (operands.length > 0 && flags.filter !== undefined)
      throw usage(
        `"${operands.join(" ")}" and --filter ${flags.filter} both say what to look for`,
        "Leave one of them out.",
      );
  },
  load: () => import("../../commands/list.ts"),
};
