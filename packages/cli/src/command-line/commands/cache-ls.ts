import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache ls`. */
export const cacheLs: CommandSpec = {
  name: "cache ls",
  group: "Cache",
  aliases: ["cache list"],
  usage: "",
  summary: "list every repo in the cache: size, revisions, refs, and what is wrong with it",
  operands: { min: 0, max: 0 },
  flags: ["where", "cacheDir"],
  examples: [
    { line: "mlx-download cache ls", purpose: "what is here, and what could go" },
    { line: "mlx-download cache ls --where size>10GB -q", purpose: "the ids of the large ones" },
    { line: "mlx-download cache ls --json | jq .sizeOnDisk", purpose: "for a script" },
  ],
  notes: ["No content is read: names and lengths only. mlx-download verify reads and proves."],
  load: () => import("../../commands/cache-ls.ts"),
};
