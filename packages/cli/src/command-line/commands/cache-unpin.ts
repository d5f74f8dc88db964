import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache unpin`. */
export const cacheUnpin: CommandSpec = {
  name: "cache unpin",
  group: "Cache",
  aliases: [],
  usage: "<org/name[@revision]>…",
  summary: "let pinned models go again, when somebody removes them",
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  flags: ["repoType", "cacheDir"],
  examples: [{ line: "mlx-download cache unpin org/name", purpose: "takes the pin of main back" }],
  load: () => import("../../commands/cache-unpin.ts"),
};
